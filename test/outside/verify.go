// Command verify checks a served or mirrored record of believe with Go's own checksum-database code
// (golang.org/x/mod/sumdb/note and sumdb/tlog), and with nothing of ours but this file.
//
//	verify [-old FILE] [-whole] SOURCE KEYS
//
// A known key of the log is followed through the changes that are served, each signed by both keys; a fork that the
// mirror keeps needs the word of the operator, whose key the keys must name then.
//
// SOURCE is the address of a log (https://log.example/log/broker) or a folder with the same paths in it. KEYS is a
// file of verifier keys: the log's, and those of witnesses, one of which must then have signed. -old names an older
// checkpoint that the log must have grown from. -whole demands that every minute is opened.
//
// The root is rebuilt from all entries and every hash tile is compared with the rebuilt tree: tlog.TileHashReader
// would leave some full tiles unchecked. Exit 0 and "OK ..." when all holds; exit 1 and "FAIL <place>: ..." at the
// first thing that does not; exit 2 for a call that cannot be understood.
package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// checkpoint is the parsed text of a signed note that covers a tree.
type checkpoint struct {
	origin string
	tree   tlog.Tree
	// Names of the witnesses whose cosignature holds.
	witnesses []string
}

func main() {
	old := flag.String("old", "", "file of an older checkpoint")
	whole := flag.Bool("whole", false, "demand that every minute is opened")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: verify [-old FILE] [-whole] SOURCE KEYS")
	}
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	keys := readKeys(flag.Arg(1))
	src := openSource(flag.Arg(0))
	b := src.must("checkpoint")
	origin, _, _ := strings.Cut(string(b), "\n")
	changes := readKeyChanges(src, origin)
	now := readCheckpoint("checkpoint", b, keys.at(origin, changes, b), true)
	entries, tree := rebuild(src, now)
	checkTiles(src, now, tree)
	every := append([]note.Verifier{}, keys.logs[origin]...)
	for _, change := range changes {
		checkRoot(change.place, change.tree, now, tree)
		every = append(every, change.old, change.new)
		fmt.Printf("key       changed at size %d to %08x\n", change.tree.N, change.new.KeyHash())
	}
	checkForks(src, now, tree, keys, distinct(every))
	if *old != "" {
		b, err := os.ReadFile(*old)
		check(*old, err)
		older := keys
		older.logs = map[string][]note.Verifier{origin: distinct(every)}
		checkGrowth(*old, readCheckpoint(*old, b, older, false), now, tree)
	}
	leaves := parseLeaves(now.origin, entries)
	opened := checkDays(src, now.origin, leaves)
	if *whole && opened.leaves != len(leaves) {
		fail(opened.firstClosed(), "expected every minute to be opened, was %d of %d", opened.leaves, len(leaves))
	}
	fmt.Printf("origin    %s\nsize      %d\nroot      %s\nwitnesses %s\n",
		now.origin, now.tree.N, now.tree.Hash, strings.Join(now.witnesses, ", "))
	fmt.Printf("opened    %d minutes, %d records, %d commitments kept closed\n",
		opened.leaves, opened.records, opened.closed)
	fmt.Printf("OK %d entries, every tile, %d opened minutes\n", now.tree.N, opened.leaves)
}

func fail(place, format string, values ...any) {
	fmt.Printf("FAIL %s: %s\n", place, fmt.Sprintf(format, values...))
	os.Exit(1)
}

func check(place string, err error) {
	if err != nil {
		fail(place, "%v", err)
	}
}

// base64Of decodes exactly n bytes in the one canonical spelling.
func base64Of(place, text string, n int) []byte {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	check(place, err)
	if len(b) != n || base64.StdEncoding.EncodeToString(b) != text {
		fail(place, "expected %d bytes in base64, was %q", n, text)
	}
	return b
}

// readCheckpoint opens a signed note with the log's key. A cosignature of a witness that the keys name must hold
// wherever there is one; where witnessed, there must be one.
func readCheckpoint(place string, b []byte, keys keyring, witnessed bool) checkpoint {
	origin, _, _ := strings.Cut(string(b), "\n")
	logs, ok := keys.logs[origin]
	if !ok {
		fail(place, "expected a log that the keys name, was %q", origin)
	}
	n, err := note.Open(b, note.VerifierList(append(logs[:len(logs):len(logs)], keys.witnesses...)...))
	check(place, err)
	c := checkpoint{origin: origin}
	isSigned := false
	for _, signature := range n.Sigs {
		if signature.Name == origin {
			isSigned = true
		} else {
			c.witnesses = append(c.witnesses, signature.Name)
		}
	}
	if !isSigned {
		fail(place, "expected the signature of %s, was none", origin)
	}
	if witnessed && len(keys.witnesses) > 0 && len(c.witnesses) == 0 {
		fail(place, "expected the cosignature of a witness that the keys name, was none")
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		fail(place, "expected three lines, was %q", n.Text)
	}
	c.tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || c.tree.N < 0 || strconv.FormatInt(c.tree.N, 10) != lines[1] {
		fail(place, "expected a size, was %q", lines[1])
	}
	copy(c.tree.Hash[:], base64Of(place, lines[2], tlog.HashSize))
	return c
}

// stored is a tree in memory, in the order of tlog.StoredHashIndex.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at >= int64(len(s)) {
			return nil, fmt.Errorf("expected a stored hash below %d, was %d", len(s), at)
		}
		out[i] = s[at]
	}
	return out, nil
}

// rebuild fetches every entry bundle and grows the tree from nothing but the entries.
func rebuild(src source, now checkpoint) ([][]byte, stored) {
	var entries [][]byte
	var tree stored
	for n := int64(0); n*256 < now.tree.N; n++ {
		width := now.tree.N - n*256
		if width > 256 {
			width = 256
		}
		path := bundlePath(n, int(width))
		bundle := splitBundle(path, src.must(path))
		if len(bundle) != int(width) {
			fail(path, "expected %d entries, was %d", width, len(bundle))
		}
		for _, entry := range bundle {
			more, err := tlog.StoredHashes(int64(len(entries)), entry, tree)
			check(path, err)
			tree = append(tree, more...)
			entries = append(entries, entry)
		}
	}
	if now.tree.N > 0 {
		root, err := tlog.TreeHash(now.tree.N, tree)
		check("tile/entries", err)
		if root != now.tree.Hash {
			fail("tile/entries", "expected entries with the root %s, was %s", now.tree.Hash, root)
		}
	}
	return entries, tree
}

// newestTiles lists each tile of a tree once, at its full or its newest width.
func newestTiles(size int64) []tlog.Tile {
	var out []tlog.Tile
	for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
		if last := len(out) - 1; last >= 0 && out[last].L == tile.L && out[last].N == tile.N {
			out[last] = tile
		} else {
			out = append(out, tile)
		}
	}
	return out
}

// checkTiles compares every hash tile with the tree that the entries gave.
func checkTiles(src source, now checkpoint, tree stored) {
	for _, tile := range newestTiles(now.tree.N) {
		path := tilePath(tile)
		expected, err := tlog.ReadTileData(tile, tree)
		check(path, err)
		if !bytes.Equal(src.must(path), expected) {
			fail(path, "expected the hashes of the entries, was others")
		}
	}
}

// checkGrowth demands that the old tree is a prefix of the new one, by proof and by rebuilding it.
func checkGrowth(place string, old, now checkpoint, tree stored) {
	if old.origin != now.origin || old.tree.N > now.tree.N {
		fail(place, "expected an older checkpoint of %s, was size %d of %s", now.origin, old.tree.N, old.origin)
	}
	if old.tree.N == 0 {
		return
	}
	root, err := tlog.TreeHash(old.tree.N, tree)
	check(place, err)
	if root != old.tree.Hash {
		fail(place, "expected the log to have grown from root %s at size %d, was %s", old.tree.Hash, old.tree.N, root)
	}
	if old.tree.N == now.tree.N {
		return
	}
	proof, err := tlog.ProveTree(now.tree.N, old.tree.N, tree)
	check(place, err)
	check(place, tlog.CheckTree(proof, now.tree.N, now.tree.Hash, old.tree.N, old.tree.Hash))
}
