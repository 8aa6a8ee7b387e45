package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Type bytes of signed-note keys: a log's own signature, and C2SP cosignature/v1.
const (
	typeEd25519     = 0x01
	typeCosignature = 0x04
)

// keyring holds the verifier keys that a visitor trusts.
type keyring struct {
	// By name; a log that changed its key has several.
	logs      map[string][]note.Verifier
	witnesses []note.Verifier
}

// at answers the keys to read a checkpoint with: the log's key in force, and the one before it while the tree is still
// the very one that it handed over.
func (k keyring) at(origin string, changes []keyChange, checkpoint []byte) keyring {
	if len(changes) == 0 || len(k.logs[origin]) == 0 {
		return k
	}
	inForce := follow(k.logs[origin], changes)
	if lines := strings.Split(string(checkpoint), "\n"); len(lines) > 3 {
		inForce = append(inForce, handingOver(changes, sizeAndRoot("checkpoint", lines[1], lines[2]))...)
	}
	k.logs = map[string][]note.Verifier{origin: inForce}
	return k
}

// distinct drops keys that are named twice: note.VerifierList calls them ambiguous.
func distinct(keys []note.Verifier) (out []note.Verifier) {
	seen := map[string]bool{}
	for _, key := range keys {
		id := fmt.Sprintf("%s+%08x", key.Name(), key.KeyHash())
		if !seen[id] {
			seen[id] = true
			out = append(out, key)
		}
	}
	return out
}

// readKeys takes every word of a file that has the form of a verifier key.
func readKeys(file string) keyring {
	b, err := os.ReadFile(file)
	check(file, err)
	keys := keyring{logs: map[string][]note.Verifier{}}
	for _, word := range strings.Fields(string(b)) {
		parts := strings.SplitN(word, "+", 3)
		if len(parts) != 3 || len(parts[1]) != 8 {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(parts[2])
		if err != nil || len(key) != 33 {
			fail(file, "expected a verifier key of 33 bytes, was %q", word)
		}
		switch key[0] {
		case typeEd25519:
			verifier, err := note.NewVerifier(word)
			check(file, err)
			keys.logs[verifier.Name()] = append(keys.logs[verifier.Name()], verifier)
		case typeCosignature:
			keys.witnesses = append(keys.witnesses, newWitness(file, parts, key))
		default:
			fail(file, "expected a key of type 1 or 4, was %d", key[0])
		}
	}
	if len(keys.logs) == 0 {
		fail(file, "expected the verifier key of a log, was none")
	}
	return keys
}

// witness verifies C2SP cosignature/v1, which x/mod does not know: Ed25519 over the time and the checkpoint.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(file string, parts []string, key []byte) note.Verifier {
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(digest[:4])
	stated, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil || uint32(stated) != hash {
		fail(file, "expected the key id %08x for %s, was %s", hash, parts[0], parts[1])
	}
	return &witness{name: parts[0], hash: hash, key: key[1:]}
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, text)
	return ed25519.Verify(w.key, []byte(message), signature[8:])
}
