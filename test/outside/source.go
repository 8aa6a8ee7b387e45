package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Nothing that a log serves is longer; what is longer is not read.
const bytesMax = 64 << 20

// source gives the bytes at a path of the log, nil where there is nothing.
type source func(path string) ([]byte, error)

func (s source) must(path string) []byte {
	b, err := s(path)
	check(path, err)
	if b == nil {
		fail(path, "expected a file, was none")
	}
	return b
}

func openSource(where string) source {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		return overHTTP(strings.TrimSuffix(where, "/"))
	}
	return func(path string) ([]byte, error) {
		b, err := os.ReadFile(filepath.Join(where, filepath.FromSlash(path)))
		if os.IsNotExist(err) {
			return nil, nil
		}
		return b, err
	}
}

func overHTTP(base string) source {
	client := &http.Client{Timeout: 30 * time.Second}
	return func(path string) ([]byte, error) {
		answer, err := client.Get(base + "/" + path)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		if answer.StatusCode == http.StatusNotFound {
			return nil, nil
		}
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("expected 200, was %s", answer.Status)
		}
		b, err := io.ReadAll(io.LimitReader(answer.Body, bytesMax+1))
		if len(b) > bytesMax {
			return nil, fmt.Errorf("expected at most %d bytes, was more", bytesMax)
		}
		return b, err
	}
}

// tilePath is the path of C2SP tlog-tiles: that of Go's checksum database without the height.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

func bundlePath(n int64, width int) string {
	path := tilePath(tlog.Tile{H: tileHeight, L: 0, N: n, W: width})
	return strings.Replace(path, "tile/0/", "tile/entries/", 1)
}

// splitBundle takes an entry bundle apart: each entry after its length in two bytes.
func splitBundle(path string, b []byte) [][]byte {
	var entries [][]byte
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			fail(path, "expected whole entries, was a bundle cut short")
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		entries = append(entries, b[2:end])
		b = b[end:]
	}
	return entries
}
