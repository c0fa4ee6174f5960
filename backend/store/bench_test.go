package store

import (
	"fmt"
	"testing"

	"mychat/protocol"
)

// fillStore writes conversations of the same length, newest last.
func fillStore(b *testing.B, dir string, conversations, messages int) {
	b.Helper()
	s := openIn(b, dir)
	var heads []protocol.Head
	for i := range conversations {
		h := head(fmt.Sprintf("c%026d", i), 0)
		h.Peer = &protocol.Profile{ID: fmt.Sprintf("u%026d", i), Username: "peter"}
		heads = append(heads, h)
	}
	welcome(b, s, heads...)
	for _, h := range heads {
		for from := int64(1); from <= int64(messages); from += 200 {
			entries := texts(from, min(from+199, int64(messages)), h.Peer.ID)
			apply(b, s, h.ID, entries...)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkOpenAndList500(b *testing.B) {
	dir := b.TempDir()
	fillStore(b, dir, 500, 200)
	for b.Loop() {
		s, err := Open(b.Context(), Options{Dir: dir, Me: me})
		if err != nil {
			b.Fatal(err)
		}
		list, err := s.Conversations(b.Context())
		if err != nil || len(list) != 500 {
			b.Fatal(len(list), err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkListOf5000 reads the list that the filters choose from, with every
// tenth conversation in folders and every tenth with a mention.
func BenchmarkListOf5000(b *testing.B) {
	s := open(b)
	var heads []protocol.Head
	for i := range 5000 {
		h := head(fmt.Sprintf("c%026d", i), 9)
		h.Unread = i % 3
		if i%10 == 0 {
			h.MentionSeq = 9
		}
		heads = append(heads, h)
	}
	welcome(b, s, heads...)
	folder := putFolder(b, s, "", "Work", 0)
	for i := 5; i < len(heads); i += 10 {
		update(b, s, heads[i].ID, ChatChange{Join: folder.ID})
	}
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			list, err := s.Conversations(b.Context())
			if err != nil || len(list) != 5000 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("change one", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			c := ChatChange{Join: folder.ID}
			if i%2 == 1 {
				c = ChatChange{Leave: folder.ID}
			}
			update(b, s, heads[77].ID, c)
			if list, err := s.ConversationsByID(b.Context(), []string{heads[77].ID}); err != nil || len(list) != 1 {
				b.Fatal(list, err)
			}
		}
	})
}

func BenchmarkPageOf50(b *testing.B) {
	dir := b.TempDir()
	fillStore(b, dir, 500, 200)
	s := openIn(b, dir)
	id := fmt.Sprintf("c%026d", 77)
	for _, q := range []PageQuery{{}, {BeforeSeq: 120}, {AroundSeq: 100}} {
		q.ConversationID = id
		b.Run(fmt.Sprintf("before=%d,around=%d", q.BeforeSeq, q.AroundSeq), func(b *testing.B) {
			for b.Loop() {
				p, asks, err := s.Page(b.Context(), q)
				if err != nil || len(p.Messages) != 50 || len(asks) != 0 {
					b.Fatal(len(p.Messages), asks, err)
				}
			}
		})
	}
}

func BenchmarkApply200(b *testing.B) {
	s := open(b)
	welcome(b, s, head("c1", 0))
	next := int64(1)
	for b.Loop() {
		apply(b, s, "c1", texts(next, next+199, peer)...)
		next += 200
	}
}

func BenchmarkApplyOne(b *testing.B) {
	s := open(b)
	welcome(b, s, head("c1", 0))
	next := int64(1)
	for b.Loop() {
		apply(b, s, "c1", text(next, peer, "hello"))
		next++
	}
}

func BenchmarkQueueTakeConfirm(b *testing.B) {
	s := open(b)
	welcome(b, s, head("c1", 0))
	next := int64(1)
	for b.Loop() {
		queue(b, s, "c1", "hello")
		o := take(b, s, "c1")
		if _, err := s.Confirm(b.Context(), o, protocol.Sent{Seq: next, CreatedMS: next}); err != nil {
			b.Fatal(err)
		}
		next++
	}
}
