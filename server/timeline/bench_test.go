package timeline_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// BenchmarkAppend measures durable appends of a 60-byte text by senders in
// closed loop, each with a conversation of its own.
func BenchmarkAppend(b *testing.B) {
	eachDatabase(b, func(b *testing.B, st *store.Store) {
		w := running(b, st)
		for _, senders := range []int{1, 50, 200} {
			b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
				u := people(b, st, 2*senders)
				conv := make([]string, senders)
				for i := range conv {
					conv[i] = direct(b, st, u[2*i], u[2*i+1])
				}
				b.ResetTimer()
				g, ctx := errgroup.WithContext(b.Context())
				for i := range senders {
					g.Go(func() error {
						for n := i; n < b.N; n += senders {
							if _, err := w.Append(ctx, u[2*i], text(conv[i], "sixty bytes of text are about what people send to others")); err != nil {
								return err
							}
						}
						return nil
					})
				}
				if err := g.Wait(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
			})
		}
	})
}

func eachDatabase(b *testing.B, bench func(b *testing.B, st *store.Store)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, storetest.Open(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, storetest.OpenDSN(b, storetest.Postgres(b))) })
}

// BenchmarkHeads measures what a device that was away asks first: a user in 500
// conversations of 20 entries each, all of them unread.
func BenchmarkHeads(b *testing.B) {
	eachDatabase(b, func(b *testing.B, st *store.Store) {
		const conversations, entries = 500, 20
		w := newWorld(b, st, timeline.Options{})
		u := people(b, st, conversations+1)
		me := u[conversations]
		for _, peer := range u[:conversations] {
			drafts := make([]timeline.Draft, entries)
			for i := range drafts {
				drafts[i] = timeline.Draft{SenderID: id(peer), Kind: protocol.KindText, Body: protocol.Text{Text: "hello"}}
			}
			conv := direct(b, st, me, peer)
			if err := st.Write(b.Context(), func(tx *store.Tx) error { return w.AppendIn(tx, id(conv), drafts...) }); err != nil {
				b.Fatal(err)
			}
		}
		for _, since := range []int64{0, time.Now().Add(time.Hour).UnixMilli()} {
			b.Run(map[bool]string{true: "all", false: "none"}[since == 0], func(b *testing.B) {
				for b.Loop() {
					if _, err := w.Heads(b.Context(), me, since); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}
