package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
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

const helpWidth = 80 // Of a line, in columns.

// writeHelp writes what --help prints: of all commands the settings, and of
// invite its own options.
func writeHelp(w io.Writer, settings, invite, others *pflag.FlagSet) {
	var b strings.Builder
	b.WriteString("Usage: mychat-server [COMMAND] [OPTION]...\n\n" +
		"The server of MyChat. Without a command it serves.\n\nCommands:\n")
	for _, c := range verbs() {
		fmt.Fprintf(&b, "  %-26s%s\n", c.words, c.does)
	}
	b.WriteString("\nOptions of all commands, which find a server's database by them:\n" +
		settings.FlagUsagesWrapped(helpWidth) +
		"\nOptions of invite:\n" + invite.FlagUsagesWrapped(helpWidth) +
		"\nOther options:\n" + others.FlagUsagesWrapped(helpWidth) +
		"\nAn option overrides its environment variable, which overrides the settings file.\n" +
		"The other settings have no option: \"mychat-server config\" prints them and their\n" +
		"variables.\n")
	// Nothing is left to say to a standard output that is gone.
	_, _ = io.WriteString(w, b.String())
}
