package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"mychat/protocol"
)

// Ask is what to ask the server for, so that a page has no hole: entries
// before a seq, or after one, or the newest when both are 0.
type Ask struct {
	BeforeSeq int64
	AfterSeq  int64
}

// Page returns part of a conversation from what is here, oldest first, and
// what is lacking for it to be whole. Where something lacks, the page runs on
// across the hole and says Missing.
func (s *Store) Page(ctx context.Context, q PageQuery) (Page, []Ask, error) {
	var (
		page Page
		asks []Ask
	)
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		c, err := findConversation(db, q.ConversationID)
		if err != nil {
			return err
		}
		lacking, err := missing(db, c)
		if err != nil {
			return err
		}
		r := pageReader{db: db, c: c, lacking: lacking, visible: c.visible()}
		page, asks, err = r.read(q)
		return err
	})
	if err != nil {
		return Page{}, nil, fmt.Errorf("read page: %w", err)
	}
	return page, asks, nil
}

// pageReader reads one page of one state of the database.
type pageReader struct {
	db      *gorm.DB
	c       conversationRow
	lacking intervals
	visible intervals
	asks    []Ask
}

func (r *pageReader) read(q PageQuery) (Page, []Ask, error) {
	var (
		rows, part []messageRow
		err        error
	)
	end := r.c.LastSeq + 1
	var from int64
	to := end - 1 // The page covers [from, to] when it is read.
	switch {
	case q.AfterSeq > 0:
		from = q.AfterSeq + 1
		rows, to, err = r.after(q.AfterSeq, q.limit())
	case q.AroundSeq > 0:
		at := min(q.AroundSeq, r.c.LastSeq)
		half := max(q.limit()/2, 1)
		rows, from, err = r.before(at+1, half)
		if err == nil {
			part, to, err = r.after(at, max(q.limit()-half, 1))
			rows = append(rows, part...)
		}
	default:
		if q.BeforeSeq > 0 {
			end = min(end, q.BeforeSeq)
			to = end - 1
		}
		rows, from, err = r.before(end, q.limit())
	}
	if err != nil {
		return Page{}, nil, err
	}
	page := Page{
		MoreBefore: r.visible.below(from) > 0,
		MoreAfter:  r.visible.above(to) > 0,
		Missing:    len(r.asks) > 0,
	}
	if !page.MoreAfter && q.BeforeSeq == 0 {
		part, err = r.unsent()
		if err != nil {
			return Page{}, nil, err
		}
		rows = append(rows, part...)
	}
	page.Messages, err = views(r.db, r.c, rows)
	return page, r.asks, err
}

// before returns the messages before a seq, ascending, and the lowest seq that
// they cover.
func (r *pageReader) before(seq int64, limit int) ([]messageRow, int64, error) {
	rows, err := r.query("seq < ?", "seq DESC", seq, limit)
	if err != nil {
		return nil, 0, err
	}
	slices.Reverse(rows)
	from := int64(1)
	if len(rows) == limit {
		from = rows[0].Seq
	}
	if hole := r.lacking.below(seq); hole >= from {
		ask := Ask{BeforeSeq: hole + 1}
		if hole == r.c.LastSeq {
			ask = Ask{}
		}
		r.asks = append(r.asks, ask)
		// Past the hole there may be more than these rows: go on from them.
		if len(rows) > 0 {
			from = rows[0].Seq
		} else {
			from = seq
		}
	}
	return rows, from, nil
}

// after returns the messages after a seq, ascending, and the highest seq that
// they cover.
func (r *pageReader) after(seq int64, limit int) ([]messageRow, int64, error) {
	rows, err := r.query("seq > ?", "seq", seq, limit)
	if err != nil {
		return nil, 0, err
	}
	to := r.c.LastSeq
	if len(rows) == limit {
		to = rows[len(rows)-1].Seq
	}
	if hole := r.lacking.above(seq); hole > 0 && hole <= to {
		r.asks = append(r.asks, Ask{AfterSeq: hole - 1})
		if len(rows) > 0 {
			to = rows[len(rows)-1].Seq
		} else {
			to = seq
		}
	}
	return rows, to, nil
}

func (r *pageReader) query(where, order string, seq int64, limit int) ([]messageRow, error) {
	var rows []messageRow
	err := r.db.Where("conv = ? AND seq > 0 AND "+where, r.c.Key, seq).Where("kind NOT IN ?", hidden()).Order(order).Limit(limit).Find(&rows).Error
	return rows, err
}

// unsent returns the own messages that have no seq, in order of queueing.
func (r *pageReader) unsent() ([]messageRow, error) {
	var rows []messageRow
	err := r.db.Where("conv = ? AND seq = 0 AND kind NOT IN ?", r.c.Key, acting()).Order("id").Find(&rows).Error
	return rows, err
}

// Messages returns the named messages of a conversation that exist, in the
// order of a page.
func (s *Store) Messages(ctx context.Context, conversationID string, ids []string) ([]Message, error) {
	out := []Message{}
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		c, rows, err := named(db, conversationID, ids)
		if err != nil {
			return err
		}
		out, err = views(db, c, rows)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return out, nil
}

// named returns a conversation and those of its messages that have one of some
// ids, in the order of a page. ErrNotFound if the conversation is not here.
func named(db *gorm.DB, conversationID string, ids []string) (conversationRow, []messageRow, error) {
	c, err := findConversation(db, conversationID)
	if err != nil {
		return c, nil, err
	}
	wanted := make(map[string]bool, len(ids))
	var clientIDs []string
	for _, id := range ids {
		// A client id has no slash; a user id may.
		if i := strings.LastIndexByte(id, '/'); i >= 0 && !wanted[id] {
			wanted[id] = true
			clientIDs = append(clientIDs, id[i+1:])
		}
	}
	var rows []messageRow
	for part := range slices.Chunk(clientIDs, maxBound) {
		var some []messageRow
		if err := db.Where("conv = ? AND client_id IN ?", c.Key, part).Find(&some).Error; err != nil {
			return c, nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, inPageOrder)
	return c, slices.DeleteFunc(rows, func(r messageRow) bool { return !wanted[r.messageID()] || !r.placed() }), nil
}

// inPageOrder sorts by seq, and what has none last in order of queueing.
func inPageOrder(a, b messageRow) int {
	switch {
	case a.Seq == 0 && b.Seq == 0:
		return int(a.ID - b.ID)
	case a.Seq == 0:
		return 1
	case b.Seq == 0:
		return -1
	}
	return int(a.Seq - b.Seq)
}

// Lack is a conversation whose history has a hole here.
type Lack struct {
	ConversationID string
	Newest         bool // Part of its newest page lacks.
	Ask            Ask  // What to ask for to fill the newest part of the newest hole.
}

// Lacks returns the conversations whose history is not all here, most recent
// activity first.
func (s *Store) Lacks(ctx context.Context) ([]Lack, error) {
	var out []Lack
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		var rows []conversationRow
		if err := db.Order("sort_ms DESC, key DESC").Find(&rows).Error; err != nil {
			return err
		}
		spans, err := allHeld(db)
		if err != nil {
			return err
		}
		out = nil
		for _, c := range rows {
			if l, ok := lackOf(c, spans[c.Key]); ok {
				out = append(out, l)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for holes: %w", err)
	}
	return out, nil
}

// Lack returns what is lacking of one conversation; ok is false when nothing.
func (s *Store) Lack(ctx context.Context, conversationID string) (l Lack, ok bool, err error) {
	err = s.snapshot(ctx, func(db *gorm.DB) error {
		c, err := findConversation(db, conversationID)
		if err != nil {
			return err
		}
		here, err := held(db, c.Key)
		if err != nil {
			return err
		}
		l, ok = lackOf(c, here)
		return nil
	})
	if err != nil {
		return Lack{}, false, fmt.Errorf("look for holes: %w", err)
	}
	return l, ok, nil
}

func lackOf(c conversationRow, here intervals) (Lack, bool) {
	lacking := c.visible().without(here)
	if len(lacking) == 0 {
		return Lack{}, false
	}
	top := lacking[len(lacking)-1]
	l := Lack{ConversationID: c.ID, Ask: Ask{BeforeSeq: top.to + 1}}
	if top.to == c.LastSeq {
		l.Ask = Ask{}
	}
	l.Newest = top.to > c.LastSeq-protocol.DefaultPage
	return l, true
}

func allHeld(db *gorm.DB) (map[int64]intervals, error) {
	var rows []spanRow
	if err := db.Order("conv, from_seq").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[int64]intervals)
	for _, r := range rows {
		out[r.Conv] = append(out[r.Conv], interval{r.FromSeq, r.ToSeq})
	}
	return out, nil
}

// HeldUpTo returns up to where a conversation is here without a hole, counted
// from what the user has read: the position to report as delivered.
func (s *Store) HeldUpTo(ctx context.Context, conversationID string) (int64, error) {
	var seq int64
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		c, err := findConversation(db, conversationID)
		if err != nil {
			return err
		}
		lacking, err := missing(db, c)
		if err != nil {
			return err
		}
		seq = c.LastSeq
		if hole := lacking.above(c.ReadSeq); hole > 0 {
			seq = hole - 1
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read held position: %w", err)
	}
	return seq, nil
}
