package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"mychat/sqlite"
)

// What the server has not confirmed is in two files: the database, and one
// beside it that holds nothing else. Triggers write the second in the
// transactions of the first, so no code that owes something has to know. It is
// read only when the database was lost, in whole or in its newest part.

// owedName is the second file's name in the account's folder.
const owedName = "account-owed.db"

// owedPrefix begins the names of its tables. A trigger finds tables by name
// alone, so they differ from those of the database.
const owedPrefix = "owed_"

// owedTable is a table of which the second file has a copy, in whole or of the
// rows for which a condition holds.
type owedTable struct {
	name    string
	columns []string
	keys    []string // The columns of its primary key.
}

// where is the condition on a row, such as NEW, or "" for every row.
func (t owedTable) where(row string) string {
	if t.name == "message" {
		return row + ".seq = 0"
	}
	return ""
}

// owedTables returns the tables of what is owed: the unsent messages, and
// whatever is named as such. It asks the schema called in.
func owedTables(db *gorm.DB, in, prefix string) ([]owedTable, error) {
	var names []string
	err := db.Raw(`SELECT name FROM `+in+`.sqlite_master WHERE type = 'table' AND (name LIKE ? || 'outgoing%' OR name IN (? || 'message', ? || 'withdrawn'))
		ORDER BY name`, prefix, prefix, prefix).Scan(&names).Error
	if err != nil {
		return nil, err
	}
	var out []owedTable
	for _, name := range names {
		var columns []struct {
			Name string
			Pk   int
		}
		if err := db.Raw("SELECT name, pk FROM pragma_table_info(?, ?) ORDER BY cid", name, in).Scan(&columns).Error; err != nil {
			return nil, err
		}
		t := owedTable{name: strings.TrimPrefix(name, prefix)}
		for _, c := range columns {
			t.columns = append(t.columns, c.Name)
			if c.Pk > 0 {
				t.keys = append(t.keys, c.Name)
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// list is the table's columns, each after a qualifier such as "NEW.".
func (t owedTable) list(qualifier string) string {
	var b strings.Builder
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(qualifier + sqlite.Quote(c))
	}
	return b.String()
}

// sameKey is the condition that a row of the copy is the one called row.
func (t owedTable) sameKey(row string) string {
	var parts []string
	for _, k := range t.keys {
		parts = append(parts, sqlite.Quote(k)+" = "+row+"."+sqlite.Quote(k))
	}
	return strings.Join(parts, " AND ")
}

// statements make the copy of t, fill it, and keep it so.
func (t owedTable) statements(fill bool) []string {
	source, to := "main."+sqlite.Quote(t.name), sqlite.Quote(owedPrefix+t.name)
	var out []string
	if fill {
		var keys []string
		for _, k := range t.keys {
			keys = append(keys, sqlite.Quote(k))
		}
		all := "SELECT * FROM " + source
		if cond := t.where(sqlite.Quote(t.name)); cond != "" {
			all += " WHERE " + cond
		}
		out = append(out,
			"DROP TABLE IF EXISTS owed."+to,
			"CREATE TABLE owed."+to+" AS "+all,
			"CREATE UNIQUE INDEX owed."+sqlite.Quote(owedPrefix+t.name+"_key")+" ON "+to+" ("+strings.Join(keys, ", ")+")")
	}
	when := func(row string) string {
		if cond := t.where(row); cond != "" {
			return " WHEN " + cond
		}
		return ""
	}
	remove := "DELETE FROM " + to + " WHERE " + t.sameKey("OLD") + ";"
	add := "INSERT INTO " + to + " (" + t.list("") + ") SELECT " + t.list("NEW.")
	addIf := add
	if cond := t.where("NEW"); cond != "" {
		addIf += " WHERE " + cond
	}
	trigger := func(suffix, event, when, do string) string {
		return "CREATE TEMP TRIGGER " + sqlite.Quote(owedPrefix+t.name+suffix) + " AFTER " + event + " ON " + source + when + " BEGIN " + do + " END"
	}
	return append(out,
		trigger("_new", "INSERT", when("NEW"), "DELETE FROM "+to+" WHERE "+t.sameKey("NEW")+"; "+add+";"),
		trigger("_changed", "UPDATE", when("OLD"), remove+" "+addIf+";"),
		trigger("_gone", "DELETE", when("OLD"), remove))
}

// fillOwed brings the second file to what the database holds.
func fillOwed(db *gorm.DB) error {
	tables, err := owedTables(db, "main", "")
	if err != nil {
		return err
	}
	statements := []string{"DELETE FROM owed_conversation", "INSERT INTO owed_conversation SELECT " + placeColumns + " FROM main.conversation"}
	for _, t := range tables {
		all := "SELECT " + t.list("") + " FROM main." + sqlite.Quote(t.name)
		if cond := t.where(sqlite.Quote(t.name)); cond != "" {
			all += " WHERE " + cond
		}
		to := sqlite.Quote(owedPrefix + t.name)
		statements = append(statements, "DELETE FROM "+to, "INSERT INTO "+to+" ("+t.list("")+") "+all)
	}
	for _, q := range statements {
		if err := db.Exec(q).Error; err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

// placeColumns are those of a conversation of which the second file has a copy.
const placeColumns = "key, id, kind, peer_id, peer_username, peer_nickname"

// places are the statements for the conversations that what is owed belongs to:
// enough of each to make it anew.
func places(fill bool) []string {
	const fresh = "NEW.key, NEW.id, NEW.kind, NEW.peer_id, NEW.peer_username, NEW.peer_nickname"
	var out []string
	if fill {
		out = append(out, "DROP TABLE IF EXISTS owed.owed_conversation",
			"CREATE TABLE owed.owed_conversation (key INTEGER PRIMARY KEY, id TEXT, kind TEXT, peer_id TEXT, peer_username TEXT, peer_nickname TEXT)",
			"INSERT INTO owed_conversation SELECT "+placeColumns+" FROM main.conversation")
	}
	put := "DELETE FROM owed_conversation WHERE key = NEW.key; INSERT INTO owed_conversation (" + placeColumns + ") VALUES (" + fresh + ");"
	return append(out,
		"CREATE TEMP TRIGGER owed_conversation_new AFTER INSERT ON main.conversation BEGIN "+put+" END",
		"CREATE TEMP TRIGGER owed_conversation_changed AFTER UPDATE ON main.conversation WHEN OLD.peer_id <> NEW.peer_id OR OLD.kind <> NEW.kind BEGIN "+put+" END")
}

// owedForm is what tells whether the second file was made for this schema.
func owedForm(tables []owedTable) string {
	form := "1"
	for _, t := range tables {
		form += ";" + t.name + "(" + strings.Join(t.columns, ",") + ")"
	}
	return form
}

// keepOwed sees to it that the second file holds what is owed from now on.
// It may be read first: healed says that it is the truth, unclean that it may
// know more than the database. A second file that is damaged is made anew from
// the database.
func (s *Store) keepOwed(ctx context.Context, healed, unclean bool) error {
	err := s.mirror(ctx, healed, unclean)
	if !sqlite.Broken(err) {
		return err
	}
	path := s.file(owedName)
	if fault, unchecked := sqlite.Check(ctx, path, true); unchecked != nil || fault == nil {
		return errors.Join(err, unchecked) // It is the database that is damaged.
	}
	_ = s.writer.WithContext(ctx).Exec("DETACH DATABASE owed").Error // It may not be attached.
	if err := removeDatabase(path); err != nil {
		return err
	}
	return s.mirror(ctx, false, false)
}

func (s *Store) mirror(ctx context.Context, healed, unclean bool) error {
	path := s.file(owedName)
	if err := sqlite.Create(path); err != nil {
		return err
	}
	db := s.writer.WithContext(ctx)
	if err := db.Exec("ATTACH DATABASE ? AS owed", path).Error; err != nil {
		return err
	}
	for _, p := range []string{"journal_mode = WAL", "synchronous = NORMAL", "secure_delete = 1"} {
		if err := db.Exec("PRAGMA owed." + p).Error; err != nil {
			return err
		}
	}
	tables, err := owedTables(db, "main", "")
	if err != nil {
		return err
	}
	lost := false
	if unclean && !healed {
		if lost, err = s.lostOwed(ctx, tables); err != nil {
			return err
		}
	}
	if healed || lost {
		if err := s.adoptOwed(ctx, healed); err != nil {
			return err
		}
	}
	form := owedForm(tables)
	if err := db.Exec("CREATE TABLE IF NOT EXISTS owed.owed_form (form TEXT NOT NULL)").Error; err != nil {
		return err
	}
	var kept string
	if err := db.Raw("SELECT coalesce(max(form), '') FROM owed_form").Scan(&kept).Error; err != nil {
		return err
	}
	fill := healed || lost || kept != form
	statements := places(fill)
	for _, t := range tables {
		statements = append(statements, t.statements(fill)...)
	}
	return db.Transaction(func(db *gorm.DB) error {
		for _, q := range statements {
			if err := db.Exec(q).Error; err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		if !fill {
			return nil
		}
		if err := db.Exec("DELETE FROM owed_form").Error; err != nil {
			return err
		}
		return db.Exec("INSERT INTO owed_form VALUES (?)", form).Error
	})
}

// lostOwed reports whether the second file knows of something that the database
// does not: its newest part is lost. Such a database is looked at as a whole
// before it is believed.
func (s *Store) lostOwed(ctx context.Context, tables []owedTable) (bool, error) {
	db := s.writer.WithContext(ctx)
	copies, err := owedTables(db, "owed", owedPrefix)
	if err != nil {
		return false, err
	}
	for _, t := range tables {
		i := slices.IndexFunc(copies, func(c owedTable) bool { return c.name == t.name && slices.Equal(c.columns, t.columns) })
		if i < 0 {
			continue
		}
		var more int
		q := "SELECT count(*) FROM (SELECT " + t.list("") + " FROM " + sqlite.Quote(owedPrefix+t.name) + " EXCEPT SELECT " + t.list("") + " FROM main." + sqlite.Quote(t.name) + ")"
		if err := db.Raw(q).Scan(&more).Error; err != nil {
			return false, err
		}
		if more == 0 {
			continue
		}
		fault, err := sqlite.Check(ctx, s.file(FileName), false)
		if err == nil && fault != nil {
			err = fmt.Errorf("%w: %s", ErrDamaged, strings.Join(fault.Lines, "; "))
		}
		return err == nil, err
	}
	return false, nil
}

// adoptOwed brings what the second file holds into the database. Where it is
// the truth, what else the database owes was settled since: it is an older one.
func (s *Store) adoptOwed(ctx context.Context, truth bool) error {
	return s.write(ctx, func(tx *tx) error {
		tables, err := owedTables(tx.db, "owed", owedPrefix)
		if err != nil || len(tables) == 0 {
			return err // A second file that never was filled knows nothing.
		}
		here, err := owedTables(tx.db, "main", "")
		if err != nil {
			return err
		}
		a := adoption{tx: tx, convs: make(map[int64]int64), messages: make(map[int64]int64)}
		if truth {
			if err := a.clear(here); err != nil {
				return fmt.Errorf("forget what is settled: %w", err)
			}
		}
		if err := a.takeMessages(); err != nil {
			return fmt.Errorf("take over messages: %w", err)
		}
		for _, t := range tables {
			i := slices.IndexFunc(here, func(h owedTable) bool { return h.name == t.name })
			if t.name == "message" || i < 0 {
				continue
			}
			if err := a.takeRows(t, here[i]); err != nil {
				return fmt.Errorf("take over %s: %w", t.name, err)
			}
		}
		return a.settle()
	})
}

// adoption is one transaction of adoptOwed.
type adoption struct {
	*tx
	convs    map[int64]int64 // Keys of conversations: there to here; 0 means that it is not known.
	messages map[int64]int64 // Ids of unsent messages: there to here.
}

// clear removes all that the database owes and the second file does not.
func (a *adoption) clear(tables []owedTable) error {
	var gone []int64
	err := a.db.Raw(`SELECT id FROM message WHERE seq = 0 AND NOT EXISTS
		(SELECT 1 FROM owed_message o WHERE o.client_id = message.client_id AND o.sender = message.sender)`).Scan(&gone).Error
	if err != nil {
		return err
	}
	if err := a.unindex(gone...); err != nil {
		return err
	}
	for part := range slices.Chunk(gone, maxBound) {
		if err := a.db.Where("id IN ?", part).Delete(&messageRow{}).Error; err != nil {
			return err
		}
	}
	for _, t := range tables {
		if t.name == "message" {
			continue
		}
		if err := a.db.Exec("DELETE FROM main." + sqlite.Quote(t.name)).Error; err != nil {
			return err
		}
	}
	return nil
}

// conv returns the key here of a conversation that the second file calls by
// another, and makes it if it is not here.
func (a *adoption) conv(there int64) (int64, error) {
	if key, known := a.convs[there]; known {
		return key, nil
	}
	var rows []conversationRow
	err := a.db.Raw("SELECT id, kind, peer_id, peer_username, peer_nickname FROM owed_conversation WHERE key = ?", there).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	c, err := findConversation(a.db, rows[0].ID)
	if errors.Is(err, ErrNotFound) {
		c = rows[0]
		if err = a.db.Create(&c).Error; err == nil && c.PeerID != "" {
			// Somebody is owed a message there: a friend, until the server says
			// otherwise, which it does in its next welcome.
			err = a.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&contactRow{
				UserID: c.PeerID, Username: c.PeerUsername, Nickname: c.PeerNickname, Friend: true, ConversationID: c.ID,
			}).Error
		}
	}
	a.convs[there] = c.Key
	return c.Key, err
}

// takeMessages takes over the unsent messages that the server has not, as far
// as is known here, and that nobody took back.
func (a *adoption) takeMessages() error {
	var rows []messageRow
	if err := a.db.Raw("SELECT * FROM owed_message ORDER BY id").Scan(&rows).Error; err != nil {
		return err
	}
	for _, m := range rows {
		there := m.ID
		conv, err := a.conv(m.Conv)
		if err != nil {
			return err
		}
		if conv == 0 {
			continue // It belongs nowhere: nobody could send it.
		}
		m.ID, m.Conv = 0, conv
		var found []messageRow
		if err := a.db.Where("conv = ? AND client_id = ? AND sender = ?", conv, m.ClientID, m.Sender).Find(&found).Error; err != nil {
			return err
		}
		if len(found) > 0 {
			if found[0].Seq == 0 {
				a.messages[there] = found[0].ID
			}
			continue
		}
		var withdrawn int64
		if err := a.db.Model(&withdrawnRow{}).Where("conv = ? AND client_id = ?", conv, m.ClientID).Count(&withdrawn).Error; err != nil || withdrawn > 0 {
			if err != nil {
				return err
			}
			continue
		}
		if err := a.db.Create(&m).Error; err != nil {
			return err
		}
		if err := a.index(m); err != nil {
			return err
		}
		a.messages[there] = m.ID
	}
	return nil
}

// takeRows takes over the rows of one table. What is here under the same key
// stays.
func (a *adoption) takeRows(there, here owedTable) error {
	var rows []map[string]any
	if err := a.db.Raw("SELECT * FROM " + sqlite.Quote(owedPrefix+there.name)).Scan(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		ok, err := a.place(row)
		if err != nil {
			return err
		}
		for name := range row {
			if !slices.Contains(here.columns, name) {
				delete(row, name)
			}
		}
		if !ok {
			continue
		}
		if err := a.db.Table(here.name).Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
			return err
		}
	}
	return nil
}

// place replaces the keys by which a row names its conversation and its
// message, and reports whether both are here.
func (a *adoption) place(row map[string]any) (ok bool, err error) {
	if there, has := row["conv"].(int64); has {
		key, err := a.conv(there)
		if err != nil || key == 0 {
			return false, err
		}
		row["conv"] = key
	}
	if there, has := row["message"].(int64); has {
		id, known := a.messages[there]
		if !known {
			return false, nil
		}
		row["message"] = id
	}
	return true, nil
}

// settle brings the conversations to what is owed of them.
func (a *adoption) settle() error {
	var reads []outgoingReadRow
	if err := a.db.Find(&reads).Error; err != nil {
		return err
	}
	for _, r := range reads {
		err := a.db.Model(&conversationRow{}).Where("key = ? AND read_seq < ?", r.Conv, r.Seq).Update("read_seq", r.Seq).Error
		if err != nil {
			return err
		}
	}
	var ids []string
	err := a.db.Raw(`SELECT id FROM conversation WHERE key IN (SELECT conv FROM message WHERE seq = 0 UNION SELECT conv FROM outgoing_read)
		UNION SELECT id FROM outgoing_chat`).Scan(&ids).Error
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := a.arrange(id); err != nil {
			return err
		}
	}
	var marks []outgoingMarkRow
	if err := a.db.Find(&marks).Error; err != nil {
		return err
	}
	for _, m := range marks {
		if err := a.showMarks(m.ID, []int64{m.Seq}); err != nil {
			return err
		}
	}
	a.change.Outgoing = true
	return nil
}

// saveOwed makes a second file out of what can still be read of a database that
// is damaged, row by row, unless there is a sound one.
func saveOwed(ctx context.Context, dir, broken string) error {
	path := filepath.Join(dir, owedName)
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		if fault, err := sqlite.Check(ctx, path, true); err != nil || fault == nil {
			return err
		}
	}
	if err := removeDatabase(path); err != nil {
		return err
	}
	from, err := sqlite.Open(broken, sqlite.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = sqlite.Close(from) }() // Nothing was written.
	from = from.WithContext(ctx)
	tables, err := owedTables(from, "main", "")
	if sqlite.Broken(err) {
		return nil // Nothing can be read.
	}
	if err != nil {
		return err
	}
	if err := sqlite.Create(path); err != nil {
		return err
	}
	to, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return err
	}
	tables = append(tables, owedTable{
		name: "conversation", columns: []string{"key", "id", "kind", "peer_id", "peer_username", "peer_nickname"}, keys: []string{"key"},
	})
	for _, t := range tables {
		if err == nil {
			err = salvage(from, to.WithContext(ctx), t)
		}
	}
	if err = errors.Join(err, sqlite.Close(to)); err != nil {
		return err
	}
	return sqlite.Sync(path)
}

// salvage copies the rows of a table that can be read: from its beginning up to
// the first that cannot, and from its end down to the first that cannot.
func salvage(from, to *gorm.DB, t owedTable) error {
	name := sqlite.Quote(owedPrefix + t.name)
	if err := to.Exec("CREATE TABLE " + name + " (" + t.list("") + ")").Error; err != nil {
		return err
	}
	seen := make(map[string]bool)
	query := "SELECT " + t.list("") + " FROM " + sqlite.Quote(t.name)
	if cond := t.where(sqlite.Quote(t.name)); cond != "" {
		query += " WHERE " + cond
	}
	var order []string
	for _, k := range t.keys {
		order = append(order, sqlite.Quote(k))
	}
	for _, direction := range []string{"", " DESC"} {
		err := eachRow(from, query+" ORDER BY "+strings.Join(order, direction+", ")+direction, func(row map[string]any) error {
			key := ""
			for _, k := range t.keys {
				key += fmt.Sprint(row[k], "\x00")
			}
			if seen[key] {
				return nil
			}
			seen[key] = true
			return to.Table(owedPrefix + t.name).Create(row).Error
		})
		if err == nil {
			return nil
		}
		if !sqlite.Broken(err) {
			return err
		}
	}
	return nil
}

// eachRow runs do with each row of a query.
func eachRow(db *gorm.DB, query string, do func(map[string]any) error) error {
	rows, err := db.Raw(query).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row := make(map[string]any)
		if err := db.ScanRows(rows, &row); err != nil {
			return err
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return rows.Err()
}
