package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const keyChangeDomain = "believe/key-change/v1"

// keyChange is one note by which a log's key gave way to another: both signed it.
type keyChange struct {
	place    string
	tree     tlog.Tree
	old, new note.Verifier
}

// sizeAndRoot reads the two lines that name a tree.
func sizeAndRoot(place, size, root string) (tree tlog.Tree) {
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != size {
		fail(place, "expected a size, was %q", size)
	}
	tree.N = n
	copy(tree.Hash[:], base64Of(place, root, tlog.HashSize))
	return tree
}

// linesOf splits the text of an opened note into exactly n lines, of which the first names its kind.
func linesOf(place, text, domain string, n int) []string {
	lines := strings.Split(text, "\n")
	if len(lines) != n+1 || lines[n] != "" || lines[0] != domain {
		fail(place, "expected %d lines of %s, was %q", n, domain, text)
	}
	return lines
}

func sameKey(a, b note.Verifier) bool {
	return a.Name() == b.Name() && a.KeyHash() == b.KeyHash()
}

// readJSON decodes a served list; false where nothing is served, as in a mirrored folder that left it out.
func readJSON(src source, path string, value any) bool {
	b, err := src(path)
	check(path, err)
	if b == nil {
		return false
	}
	check(path, json.Unmarshal(b, value))
	return true
}

// readKeyChanges opens every change of the log's key and demands that each follows from the one before.
func readKeyChanges(src source, origin string) []keyChange {
	var served struct {
		V       int      `json:"v"`
		Origin  string   `json:"origin"`
		Changes []string `json:"changes"`
	}
	if !readJSON(src, "key-changes", &served) {
		return nil
	}
	if served.V != 1 || served.Origin != origin {
		fail("key-changes", "expected changes of %s, was of %q", origin, served.Origin)
	}
	var changes []keyChange
	for i, text := range served.Changes {
		change := openKeyChange(fmt.Sprintf("key-changes/%d", i), origin, text)
		if i > 0 {
			before := changes[i-1]
			if !sameKey(before.new, change.old) {
				fail(change.place, "expected a change of the key in force, was of another")
			}
			if change.tree.N < before.tree.N {
				fail(change.place, "expected a size from %d on, was %d", before.tree.N, change.tree.N)
			}
		}
		changes = append(changes, change)
	}
	return changes
}

func openKeyChange(place, origin, text string) keyChange {
	body, _, _ := strings.Cut(text, "\n\n")
	lines := linesOf(place, body+"\n", keyChangeDomain, 6)
	old, err := note.NewVerifier(lines[4])
	check(place, err)
	next, err := note.NewVerifier(lines[5])
	check(place, err)
	if lines[1] != origin || old.Name() != origin || next.Name() != origin || sameKey(old, next) {
		fail(place, "expected two keys of %s, was %q", origin, body)
	}
	n, err := note.Open([]byte(text), note.VerifierList(old, next))
	check(place, err)
	if len(n.Sigs) != 2 || len(n.UnverifiedSigs) != 0 || n.Text != body+"\n" {
		fail(place, "expected the signatures of both keys, was %d", len(n.Sigs))
	}
	return keyChange{place, sizeAndRoot(place, lines[2], lines[3]), old, next}
}

// follow answers the key in force: the known one, or the one to which changes lead from it.
func follow(known []note.Verifier, changes []keyChange) []note.Verifier {
	if len(changes) == 0 {
		return known
	}
	for _, change := range changes {
		for _, key := range known {
			if sameKey(key, change.old) || sameKey(key, change.new) {
				return []note.Verifier{changes[len(changes)-1].new}
			}
		}
	}
	fail(changes[0].place, "expected a change of a key that the keys name, was of another")
	return nil
}

// handingOver answers the old keys under which a tree may still be served: it is the very one that they handed over.
func handingOver(changes []keyChange, tree tlog.Tree) (keys []note.Verifier) {
	for i := len(changes) - 1; i >= 0 && changes[i].tree == tree; i-- {
		keys = append(keys, changes[i].old)
	}
	return keys
}

// checkRoot demands that a tree is a prefix of the rebuilt one.
func checkRoot(place string, claim tlog.Tree, now checkpoint, tree stored) {
	if claim.N > now.tree.N || !isPrefix(place, claim, tree) {
		fail(place, "expected the root of this log at size %d, was %s", claim.N, claim.Hash)
	}
}

func isPrefix(place string, claim tlog.Tree, tree stored) bool {
	if claim.N == 0 {
		return false
	}
	root, err := tlog.TreeHash(claim.N, tree)
	check(place, err)
	return root == claim.Hash
}
