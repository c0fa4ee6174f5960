package store

// Stats are figures for an administrator.
type Stats struct {
	Users         int64
	Disabled      int64 // Of Users.
	Devices       int64 // Signed in.
	Conversations int64
	Entries       int64
	Bytes         int64  // Size of the database. SQLite: of its pages, without the log beside it.
	Schema        int64  // Number of the last migration.
	Engine        string // The database and its version.
}

// Stats counts rows. It reads whole tables: it is for reports.
func (tx *Tx) Stats() (Stats, error) {
	size := `(SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size())`
	engine := `'SQLite ' || sqlite_version()`
	if tx.pg {
		size = `pg_database_size(current_database())`
		engine = `'PostgreSQL ' || current_setting('server_version')`
	}
	return one[Stats](tx, `SELECT
		(SELECT COUNT(*) FROM "user") AS users,
		(SELECT COUNT(*) FROM "user" WHERE disabled) AS disabled,
		(SELECT COUNT(*) FROM device WHERE ended_ms = 0) AS devices,
		(SELECT COUNT(*) FROM conversation) AS conversations,
		(SELECT COUNT(*) FROM entry) AS entries,
		(SELECT MAX(version_id) FROM goose_db_version) AS schema,
		`+size+` AS bytes, `+engine+` AS engine`)
}
