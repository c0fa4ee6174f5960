package main

import (
	"fmt"
	"io"
	"strings"

	"mychat/server/config"
)

// verb is a command as the help shows it.
type verb struct{ words, does string }

func verbs() []verb {
	return []verb{
		{"serve", "serve until told to stop; the same as no command"},
		{"config", "print every setting, commented, with its default"},
		{"invite", "make an invitation code"},
		{"user list", "list the accounts"},
		{"user disable NAME", "lock an account and sign it out everywhere"},
		{"user enable NAME", "unlock it"},
		{"user reset-password NAME", "give it a new password, printed once"},
		{"user sign-out NAME", "sign it out everywhere"},
		{"report", "count users, devices, conversations and messages"},
		{"version", "print the version"},
		{"help", "print this"},
	}
}

const (
	helpWidth  = 80 // Of a line, in columns.
	helpIndent = 28 // Where explanations begin.
)

// writeHelp writes what --help prints.
func writeHelp(w io.Writer) {
	var b strings.Builder
	b.WriteString("Usage: mychat-server [COMMAND] [OPTION]...\n\n" +
		"The server of MyChat. Without a command it serves.\n\nCommands:\n")
	for _, c := range verbs() {
		explain(&b, c.words, c.does)
	}
	b.WriteString("\nOptions of all commands, which find a server's database by them:\n")
	writeOptions(&b, config.Options())
	b.WriteString("\nOptions of invite:\n")
	writeOptions(&b, []config.Option{
		{Name: "uses", Takes: "N", Does: fmt.Sprintf("How many registrations the code serves. Default: %d.", inviteUses)},
		{Name: "expires", Takes: "DAYS", Does: fmt.Sprintf("How long the code is good. Default: %d.", inviteDays)},
	})
	b.WriteString("\nOther options:\n")
	writeOptions(&b, []config.Option{
		{Name: "help", Does: "Print this."},
		{Name: "version", Does: "Print the version."},
	})
	b.WriteString("\nAn option overrides its environment variable, which overrides the settings file.\n" +
		"The other settings have no option: \"mychat-server config\" prints them and their\n" +
		"variables.\n")
	// Nothing is left to say to a standard output that is gone.
	_, _ = io.WriteString(w, b.String())
}

func writeOptions(b *strings.Builder, options []config.Option) {
	for _, o := range options {
		name := "--" + o.Name
		if o.Takes != "" {
			name += " " + o.Takes
		}
		explain(b, name, o.Does)
	}
}

// explain writes a name and, from a column of its own, what it means.
func explain(b *strings.Builder, name, does string) {
	line := fmt.Sprintf("  %-*s", helpIndent-2, name)
	if len(line) > helpIndent {
		b.WriteString(line + "\n")
		line = strings.Repeat(" ", helpIndent)
	}
	begin := true
	for word := range strings.FieldsSeq(does) {
		switch {
		case begin:
			line, begin = line+word, false
		case len(line)+1+len(word) > helpWidth:
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", helpIndent) + word
		default:
			line += " " + word
		}
	}
	b.WriteString(line + "\n")
}
