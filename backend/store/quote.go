package store

import (
	"slices"

	"gorm.io/gorm"

	"mychat/protocol"
)

// quoteRunes bounds Quote.Text: the first lines of what is quoted.
const quoteRunes = 200

// views returns rows of c as they are shown: each with what it quotes and what
// stands behind its link, and all with what the user marked, and did to them that
// the server has not confirmed.
func views(db *gorm.DB, c conversationRow, rows []messageRow) ([]Message, error) {
	var account accountRow
	if err := db.Take(&account, 1).Error; err != nil {
		return nil, err
	}
	quoted, err := quotedBy(db, c, rows)
	if err != nil {
		return nil, err
	}
	acts, err := pendingActs(db, c)
	if err != nil {
		return nil, err
	}
	starred, err := starredTimes(db, c.ID, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Message, len(rows))
	for i, row := range rows {
		waiting := row.waiting(acts)
		row = row.after(acts)
		out[i] = row.view(c.ID)
		out[i].Waiting = waiting
		out[i].RecallUntilMS, out[i].EditUntilMS = account.changeable(row)
		if row.RecalledMS == 0 {
			out[i].StarredMS = starred[row.Seq]
		}
		if row.RefSeq > 0 && row.RecalledMS == 0 {
			out[i].Quote = &Quote{Seq: row.RefSeq}
			if target, ok := quoted[row.RefSeq]; ok {
				out[i].Quote = target.after(acts).quote()
			} else if row.RefSeq < c.low() { // The history was cleared.
				out[i].Quote.Here, out[i].Quote.Kind = true, protocol.KindDeleted
			}
		}
	}
	if account.Previews {
		if err := addLinks(db, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// quotedBy returns the messages here that rows of c quote, by seq.
func quotedBy(db *gorm.DB, c conversationRow, rows []messageRow) (map[int64]messageRow, error) {
	var seqs []int64
	for _, r := range rows {
		if r.RefSeq > 0 && !slices.Contains(seqs, r.RefSeq) {
			seqs = append(seqs, r.RefSeq)
		}
	}
	quoted := make(map[int64]messageRow, len(seqs))
	for part := range slices.Chunk(seqs, maxBound) {
		var some []messageRow
		if err := db.Where("conv = ? AND seq > 0 AND seq IN ?", c.Key, part).Find(&some).Error; err != nil {
			return nil, err
		}
		for _, r := range some {
			quoted[r.Seq] = r
		}
	}
	return quoted, nil
}

func (r messageRow) quote() *Quote {
	m := r.view("")
	return &Quote{
		Seq: r.Seq, Here: true, Kind: m.Kind, Sender: m.Sender, Mine: m.Mine, Text: Glance(m.Kind, m.Text, quoteRunes),
	}
}

// changedQuotes notes the messages of c that quote one of those between two
// seqs: what they quote changed or came.
func (tx *tx) changedQuotes(c *conversationRow, from, to int64) error {
	var rows []messageRow
	err := tx.db.Select("sender", "client_id").
		Where("conv = ? AND ref_seq > 0 AND ref_seq BETWEEN ? AND ?", c.Key, from, to).Find(&rows).Error
	if err != nil {
		return err
	}
	for _, r := range rows {
		tx.change.messages(c.ID, r.messageID())
	}
	return nil
}
