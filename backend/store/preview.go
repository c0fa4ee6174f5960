package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"mychat/protocol"
)

// Link is the first link of a text, and what is known to stand behind it.
type Link struct {
	URL     string `json:"url"`
	UntilMS int64  `json:"until_ms"` // From then on, by this machine's clock, the server is to be asked; 0 means that it never was.

	Title       string `json:"title"` // "" means that there is nothing to show.
	Description string `json:"description"`
	Site        string `json:"site"`
	Host        string `json:"host"` // Where it was found.
}

// maxPreviews is how many answers about links are kept. Past it those go that
// were given first.
const maxPreviews = 2000

// Bounds of the time for which an answer is good, whatever the server says.
const (
	keepPreviewLeast = time.Minute
	keepPreviewMost  = 30 * 24 * time.Hour
)

type previewRow struct {
	Message     int64  `gorm:"primaryKey"`
	URL         string `gorm:"column:url"`
	AskedMS     int64  `gorm:"column:asked_ms"`
	UntilMS     int64  `gorm:"column:until_ms"`
	Title       string
	Description string
	Site        string
	Host        string
}

func (previewRow) TableName() string { return "preview" }

// linkOf returns the link of a message as it is shown; "" means none.
func linkOf(m Message) string {
	if m.Kind != protocol.KindText {
		return ""
	}
	return firstLink(m.Text)
}

// addLinks gives messages with a link what is known of it.
func addLinks(db *gorm.DB, messages []Message) error {
	at := make(map[string][]int) // By link.
	var urls []string
	for i, m := range messages {
		if u := linkOf(m); u != "" {
			messages[i].Link = &Link{URL: u}
			if at[u] == nil {
				urls = append(urls, u)
			}
			at[u] = append(at[u], i)
		}
	}
	for part := range slices.Chunk(urls, maxBound) {
		var rows []previewRow
		if err := db.Where("url IN ?", part).Order("asked_ms").Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows { // The last answer about a link counts.
			for _, i := range at[r.URL] {
				messages[i].Link = &Link{
					URL: r.URL, UntilMS: r.UntilMS, Title: r.Title, Description: r.Description, Site: r.Site, Host: r.Host,
				}
			}
		}
	}
	return nil
}

// MessageRef names a message.
type MessageRef struct{ ConversationID, MessageID string }

// SavePreview keeps what the server said of a link when it was asked for some
// messages. Where none of them is here with that link any more, nothing is kept.
func (s *Store) SavePreview(ctx context.Context, link string, p protocol.Preview, asked []MessageRef) error {
	err := s.write(ctx, func(tx *tx) error {
		now := s.now()
		keep := time.Duration(min(max(p.KeepMS, keepPreviewLeast.Milliseconds()), keepPreviewMost.Milliseconds())) * time.Millisecond
		row := previewRow{
			URL: link, AskedMS: now.UnixMilli(), UntilMS: now.Add(keep).UnixMilli(),
			Title: p.Title, Description: p.Description, Site: p.Site, Host: p.Host,
		}
		for _, a := range asked {
			c, found, err := named(tx.db, a.ConversationID, []string{a.MessageID})
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			shown, err := views(tx.db, c, found)
			if err != nil {
				return err
			}
			if len(shown) == 0 || shown[0].Link == nil || shown[0].Link.URL != link {
				continue
			}
			tx.change.messages(a.ConversationID, a.MessageID)
			if row.Message == 0 {
				row.Message = found[0].ID
			}
		}
		if row.Message == 0 {
			return nil
		}
		if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
		return tx.db.Exec(`DELETE FROM preview WHERE message IN
			(SELECT message FROM preview ORDER BY asked_ms DESC, message DESC LIMIT -1 OFFSET ?)`, maxPreviews).Error
	})
	if err != nil {
		return fmt.Errorf("keep what stands behind a link: %w", err)
	}
	return nil
}

// dropPreview removes what was asked for a message that says something else now.
func (tx *tx) dropPreview(m messageRow) error {
	err := tx.db.Where("message = ? AND url <> ?", m.ID, linkOf(m.view(""))).Delete(&previewRow{}).Error
	if err != nil {
		return fmt.Errorf("remove what stands behind a link: %w", err)
	}
	return nil
}

// Previews reports whether the server looks at links, as far as it ever said.
func (s *Store) Previews(ctx context.Context) (bool, error) {
	var account accountRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Take(&account, 1).Error })
	if err != nil {
		return false, fmt.Errorf("read whether links are looked at: %w", err)
	}
	return account.Previews, nil
}
