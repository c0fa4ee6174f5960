package store

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"time"
)

// ID is the key of a user, device, friend request or conversation: positive,
// ordered by the time it was made, and not to be guessed from its neighbours.
// On the wire it is a decimal string.
type ID int64

// idEpoch is 2024-01-01 UTC in Unix milliseconds: 41 bits of milliseconds
// since then last until 2093.
const idEpoch = 1_704_067_200_000

// idRandomBits is how much of an ID is random. Two made in one millisecond
// collide once in four million; the primary key then refuses the second.
const idRandomBits = 22

// NewID returns an ID made at now.
func NewID(now time.Time) ID {
	var b [4]byte
	_, _ = rand.Read(b[:]) // Never fails: the runtime ends the process instead.
	random := int64(binary.BigEndian.Uint32(b[:])) & (1<<idRandomBits - 1)
	return ID(max(now.UnixMilli()-idEpoch, 1)<<idRandomBits | random)
}

// FirstID returns the least ID that NewID could make at a time.
func FirstID(at time.Time) ID { return ID(max(at.UnixMilli()-idEpoch, 1) << idRandomBits) }

// ParseID reads what String wrote, and reports whether it is an ID.
func ParseID(s string) (ID, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	return ID(n), true
}

// String returns the ID as it is on the wire.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }
