package config

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// sampleWidth is where the comments of the sample are wrapped, in bytes.
const sampleWidth = 78

// WriteSample writes a settings file in which every key stands commented out
// with its default, under what it does.
func WriteSample(w io.Writer) error {
	var b strings.Builder
	comment(&b, "Settings of a MyChat server. Each key stands here with its default. Put this file into the data folder as "+FileName+", or name it with --config. A variable of the environment overrides the file, a flag overrides both.")
	defaults := Default()
	for _, s := range sections(&defaults) {
		if s.name != "" {
			b.WriteString("\n")
			comment(&b, s.doc)
			fmt.Fprintf(&b, "[%s]\n", s.name)
		}
		for _, set := range s.list {
			b.WriteString("\n")
			comment(&b, set.doc)
			comment(&b, set.where())
			fmt.Fprintf(&b, "#%s = %s\n", strings.TrimPrefix(set.key, s.name+"."), set.literal())
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// where says what the setting takes and how else it can be set.
func (s setting) where() string {
	text := ""
	switch {
	case s.field.Kind() == reflect.Int:
		text = fmt.Sprintf("%d to %d. ", s.min, s.max)
	case s.oneof != nil:
		text = "One of " + strings.Join(s.oneof, ", ") + ". "
	}
	text += "Variable: " + s.env + "."
	if s.flag != "" {
		text += " Flag: --" + s.flag + "."
	}
	return text
}

// literal writes the present value as TOML.
func (s setting) literal() string {
	if s.field.Kind() == reflect.String {
		return strconv.Quote(s.field.String())
	}
	if s.field.Kind() == reflect.Slice {
		quoted := make([]string, s.field.Len())
		for i := range quoted {
			quoted[i] = strconv.Quote(s.field.Index(i).String())
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	return fmt.Sprint(s.field.Interface())
}

func comment(b *strings.Builder, text string) {
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > sampleWidth {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
