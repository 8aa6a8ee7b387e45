package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	leafDomain   = "believe/leaf/v1\n"
	recordDomain = "believe/record/v1\n"
	openDomain   = "believe/open/v1"
	minuteForm   = "2006-01-02T15:04Z"
)

// leaf is one entry: a minute and the salted root over its records.
type leaf struct {
	minute string
	root   []byte
}

// openings counts what the day files opened.
type openings struct {
	origin                  string
	leaves, records, closed int
	all                     []leaf
	isOpen                  map[int]bool
	// Number after the last record of the leaf before, and that leaf; seqs are dense over leaves too.
	lastLeaf int
	nextSeq  int64
}

func (o *openings) firstClosed() string {
	for i, l := range o.all {
		if !o.isOpen[i] {
			return fmt.Sprintf("open/%s.jsonl.gz, leaf %d (%s)", l.minute[:10], i, l.minute)
		}
	}
	return "open"
}

func parseLeaves(origin string, entries [][]byte) []leaf {
	leaves := make([]leaf, 0, len(entries))
	previous, cut := "", false
	for i, entry := range entries {
		place := fmt.Sprintf("leaf %d", i)
		lines := strings.Split(string(entry), "\n")
		if len(lines) != 6 || lines[0]+"\n" != leafDomain || lines[1] != origin || lines[2] != fmt.Sprint(i) {
			fail(place, "expected a leaf of %s with number %d, was %q", origin, i, entry)
		}
		minute := lines[3]
		at, err := time.Parse(minuteForm, minute)
		if err != nil || at.Format(minuteForm) != minute {
			fail(place, "expected a minute, was %q", minute)
		}
		if minute < previous || (minute == previous && !cut) {
			fail(place, "expected a minute after %s, was %s", previous, minute)
		}
		if lines[4] != "whole" && lines[4] != "cut" {
			fail(place, "expected whole or cut, was %q", lines[4])
		}
		previous, cut = minute, lines[4] == "cut"
		leaves = append(leaves, leaf{minute, base64Of(place, lines[5], sha256.Size)})
	}
	return leaves
}

// checkDays recomputes the leaves of every day that has a day file.
func checkDays(src source, origin string, leaves []leaf) *openings {
	o := &openings{origin: origin, all: leaves, isOpen: map[int]bool{}, lastLeaf: -1}
	day := ""
	for _, l := range leaves {
		if l.minute[:10] == day {
			continue
		}
		day = l.minute[:10]
		path := "open/" + day + ".jsonl.gz"
		packed, err := src(path)
		check(path, err)
		if packed != nil {
			o.checkDay(path, day, packed)
		}
	}
	return o
}

func (o *openings) checkDay(path, day string, packed []byte) {
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	check(path, err)
	text, err := io.ReadAll(io.LimitReader(unzip, 4*bytesMax))
	check(path, err)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		fail(path, "expected lines that end in LF, was an unfinished one")
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	var current *opening
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, `{"v":1,"open":`) {
			o.close(path, current)
			current = o.openingOf(path, day, line)
			continue
		}
		if current == nil {
			fail(path, "expected an opening, was %q", line)
		}
		current.add(o, line)
	}
	check(path, lines.Err())
	o.close(path, current)
}

// opening is one leaf's salt, and its records so far.
type opening struct {
	leaf    int
	place   string
	salt    []byte
	records [][]byte
	first   int64
}

func (o *openings) openingOf(path, day, line string) *opening {
	var head struct {
		V      int    `json:"v"`
		Open   string `json:"open"`
		Origin string `json:"origin"`
		Leaf   *int   `json:"leaf"`
		Minute string `json:"minute"`
		Salt   string `json:"salt"`
	}
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.DisallowUnknownFields()
	check(path, decoder.Decode(&head))
	if head.V != 1 || head.Open != openDomain || head.Origin != o.origin || head.Leaf == nil || *head.Leaf < 0 || *head.Leaf >= len(o.all) {
		fail(path, "expected the opening of a leaf below %d, was %q", len(o.all), line)
	}
	place := fmt.Sprintf("%s, leaf %d", path, *head.Leaf)
	minute := o.all[*head.Leaf].minute
	if head.Minute != minute || minute[:10] != day || o.isOpen[*head.Leaf] {
		fail(place, "expected minute %s once, was %s", minute, head.Minute)
	}
	return &opening{leaf: *head.Leaf, place: place, salt: base64Of(place, head.Salt, 16), first: -1}
}

func (p *opening) add(o *openings, line string) {
	var item struct {
		Seq        *int64  `json:"seq"`
		Commitment *string `json:"commitment"`
	}
	check(p.place, json.Unmarshal([]byte(line), &item))
	if item.Seq == nil {
		fail(p.place, "expected a numbered record, was %q", line)
	}
	if p.first < 0 {
		p.first = *item.Seq
	}
	if expected := p.first + int64(len(p.records)); *item.Seq != expected {
		fail(p.place, "expected record %d, was %d", expected, *item.Seq)
	}
	if strings.HasPrefix(line, `{"seq":`) && item.Commitment != nil {
		p.records = append(p.records, base64Of(p.place, *item.Commitment, sha256.Size))
		o.closed++
		return
	}
	commitment := sha256.Sum256([]byte(recordDomain + line))
	p.records = append(p.records, commitment[:])
	o.records++
}

// close recomputes a leaf from its opening.
func (o *openings) close(path string, p *opening) {
	if p == nil {
		return
	}
	var tree stored
	for i, commitment := range p.records {
		more, err := tlog.StoredHashes(int64(i), commitment, tree)
		check(p.place, err)
		tree = append(tree, more...)
	}
	root := tlog.Hash(sha256.Sum256(nil))
	if len(p.records) > 0 {
		var err error
		root, err = tlog.TreeHash(int64(len(p.records)), tree)
		check(p.place, err)
	}
	salted := sha256.New()
	salted.Write([]byte(leafDomain))
	salted.Write(p.salt)
	salted.Write(root[:])
	if !bytes.Equal(salted.Sum(nil), o.all[p.leaf].root) {
		fail(p.place, "expected lines and salt that recompute the leaf, was others")
	}
	if p.leaf == o.lastLeaf+1 && p.first >= 0 && p.first != o.nextSeq {
		fail(p.place, "expected record %d first, was %d", o.nextSeq, p.first)
	}
	if p.leaf < o.lastLeaf {
		fail(path, "expected leaves in order, was %d after %d", p.leaf, o.lastLeaf)
	}
	if p.leaf == o.lastLeaf+1 || p.first >= 0 {
		o.lastLeaf = p.leaf
	}
	if p.first >= 0 {
		o.nextSeq = p.first + int64(len(p.records))
	}
	o.isOpen[p.leaf] = true
	o.leaves++
}
