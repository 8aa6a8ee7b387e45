package main

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const unfreezeDomain = "believe/unfreeze/v1"

// checkForks demands of every fork that the log's own keys signed both histories, and that the operator's note says
// that the one served here goes on. It prints each with its reason.
func checkForks(src source, now checkpoint, tree stored, keys keyring, logKeys []note.Verifier) {
	var served struct {
		Origin string `json:"origin"`
		Forks  []struct {
			Cosigned *string `json:"cosigned"`
			Other    string  `json:"other"`
			Unfrozen *string `json:"unfrozen"`
		} `json:"forks"`
	}
	if !readJSON(src, "forks", &served) {
		return
	}
	if served.Origin != now.origin {
		fail("forks", "expected forks of %s, was of %q", now.origin, served.Origin)
	}
	for i, fork := range served.Forks {
		place := fmt.Sprintf("forks/%d", i)
		void := openClaim(place, fork.Other, now.origin, logKeys)
		if void.N > now.tree.N || isPrefix(place, void, tree) {
			fail(place, "expected a checkpoint that contradicts the log, was none")
		}
		if fork.Cosigned != nil {
			checkRoot(place, openClaim(place, *fork.Cosigned, now.origin, logKeys), now, tree)
		}
		if fork.Unfrozen == nil {
			fail(place, "expected the operator's word on which history goes on, was none")
		}
		lines := openUnfreeze(place, *fork.Unfrozen, now.origin, keys)
		checkRoot(place, sizeAndRoot(place, lines[2], lines[3]), now, tree)
		if lines[4] != "-" && sizeAndRoot(place, lines[2], lines[4]).Hash != void.Hash {
			fail(place, "expected the operator's word on this fork, was on another")
		}
		fmt.Printf("fork      at size %d, unfrozen at size %s: %q\n", void.N, lines[2], lines[5])
	}
}

// openClaim reads a checkpoint that one of the log's keys must have signed.
func openClaim(place, text, origin string, logKeys []note.Verifier) tlog.Tree {
	n, err := note.Open([]byte(text), note.VerifierList(logKeys...))
	check(place, err)
	lines := linesOf(place, n.Text, origin, 3)
	return sizeAndRoot(place, lines[1], lines[2])
}

// openUnfreeze reads the operator's note. Without the operator's key nothing could say which history is true.
func openUnfreeze(place, text, origin string, keys keyring) []string {
	operators := keys.logs[origin+"/operator"]
	if len(operators) == 0 {
		fail(place, "expected the operator's key in the keys, was none")
	}
	n, err := note.Open([]byte(text), note.VerifierList(operators...))
	check(place, err)
	lines := linesOf(place, n.Text, unfreezeDomain, 6)
	if lines[1] != origin || strings.TrimSpace(lines[5]) == "" {
		fail(place, "expected an unfreeze of %s with a reason, was %q", origin, n.Text)
	}
	return lines
}
