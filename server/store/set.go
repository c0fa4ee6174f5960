package store

import "encoding/json"

// set is SQL for the ids in one parameter that tx.ids made. SQLite's cost of
// binding grows with the square of the number of parameters, so a list is
// never one parameter per element.
func (tx *Tx) set() string {
	if tx.pg {
		return "(SELECT unnest(?::bigint[]))"
	}
	return "(SELECT value FROM json_each(?))"
}

func (tx *Tx) ids(list []ID) any {
	if tx.pg {
		return int64s(list)
	}
	return jsonOf(list)
}

// table is SQL for a table of BIGINT columns in the parameters that tx.rows
// made, to stand after FROM or JOIN.
func (tx *Tx) table(name string, columns ...string) string {
	if tx.pg {
		params, list := "", ""
		for i, c := range columns {
			if i > 0 {
				params, list = params+", ", list+", "
			}
			params, list = params+"?::bigint[]", list+c
		}
		return "unnest(" + params + ") AS " + name + " (" + list + ")"
	}
	list := ""
	for i, c := range columns {
		if i > 0 {
			list += ", "
		}
		list += "value ->> " + string(rune('0'+i)) + " AS " + c
	}
	return "(SELECT " + list + " FROM json_each(?)) AS " + name
}

// rows makes the parameters for table: cells holds one slice for each row.
func (tx *Tx) rows(columns int, cells [][]int64) []any {
	if !tx.pg {
		return []any{jsonOf(cells)}
	}
	args := make([]any, columns)
	for c := range columns {
		column := make([]int64, len(cells))
		for r := range cells {
			column[r] = cells[r][c]
		}
		args[c] = int64s(column)
	}
	return args
}

// jsonOf encodes numbers, which cannot fail.
func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: encode parameters: " + err.Error())
	}
	return string(b)
}
