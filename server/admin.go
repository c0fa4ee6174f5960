package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"mychat/protocol"
	"mychat/server/config"
	"mychat/server/node"
)

// invitation is what the flags of the invite command ask for.
type invitation struct{ uses, days int }

// administrate carries out one of the administrator's commands on the
// database of a server, which may be running.
func administrate(ctx context.Context, cfg config.Config, words []string, inv invitation, stdout, stderr io.Writer) (err error) {
	if err := checkWords(words, inv); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	admin, err := node.OpenAdmin(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, admin.Close()) }()
	switch words[0] {
	case "invite":
		code, err := admin.Accounts.CreateInvite(ctx, inv.uses, time.Duration(inv.days)*24*time.Hour)
		if err != nil {
			return err
		}
		if cfg.Registration != protocol.RegistrationInvite {
			fmt.Fprintf(stderr, "note: registration = %q, so codes are not asked for\n", cfg.Registration)
		}
		fmt.Fprintln(stdout, code)
		return nil
	case "report":
		return report(ctx, admin, stdout)
	}
	if words[1] == "list" {
		return listUsers(ctx, admin, stdout)
	}
	return changeUser(ctx, admin, words[1], words[2], stdout)
}

// checkWords refuses a command that is not complete before anything is opened.
func checkWords(words []string, inv invitation) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf(format+"; %w", append(args, errUsage)...)
	}
	switch words[0] {
	case "invite", "report":
		if len(words) > 1 {
			return wrong("%s takes no %q", words[0], words[1])
		}
		if words[0] == "invite" && (inv.uses < 1 || inv.uses > 10_000 || inv.days < 1 || inv.days > 3650) {
			return wrong("--uses is 1 to 10000, --expires is 1 to 3650 days")
		}
		return nil
	}
	if len(words) < 2 {
		return wrong("user needs one of list, disable, enable, reset-password, sign-out")
	}
	switch words[1] {
	case "list":
		if len(words) > 2 {
			return wrong("user list takes no %q", words[2])
		}
		return nil
	case "disable", "enable", "reset-password", "sign-out":
		if len(words) != 3 {
			return wrong("user %s needs one username", words[1])
		}
		return nil
	}
	return wrong("there is no command %q", "user "+words[1])
}

func changeUser(ctx context.Context, admin *node.Admin, what, typed string, stdout io.Writer) error {
	name, err := admin.Accounts.Name(ctx, typed)
	done := ""
	if err == nil {
		switch what {
		case "disable":
			err, done = admin.Accounts.SetDisabled(ctx, name, true), "is disabled and signed out everywhere"
		case "enable":
			err, done = admin.Accounts.SetDisabled(ctx, name, false), "is enabled"
		case "sign-out":
			err, done = admin.Accounts.SignOutEverywhere(ctx, name), "is signed out everywhere"
		case "reset-password":
			var password string
			if password, err = admin.Accounts.ResetPassword(ctx, name); err == nil {
				done = "has the new password " + password + " and is signed out everywhere"
			}
		}
	}
	switch {
	case errors.Is(err, protocol.ErrNotFound):
		return fmt.Errorf("there is no user %q", typed)
	case err != nil:
		return fmt.Errorf("user %s: %w", what, err)
	}
	fmt.Fprintf(stdout, "%s %s\n", name, done)
	return nil
}

// usersPage is how many accounts are read at once.
const usersPage = 200

func listUsers(ctx context.Context, admin *node.Admin, stdout io.Writer) error {
	table := tabwriter.NewWriter(stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "USERNAME\tNICKNAME\tSTATE\tDEVICES\tCREATED\tLAST SEEN")
	for after := ""; ; {
		users, err := admin.Accounts.Users(ctx, after, usersPage)
		if err != nil {
			return fmt.Errorf("list users: %w", err)
		}
		for _, u := range users {
			state := "active"
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", u.Username, u.Nickname, state, u.Devices, day(u.CreatedMS), day(u.LastSeenMS))
			after = u.Username
		}
		if len(users) < usersPage {
			return table.Flush()
		}
	}
}

// day writes a time of the database for people; "-" for one that is not known.
func day(ms int64) string {
	if ms == 0 {
		return "-"
	}
	return time.UnixMilli(ms).Format("2006-01-02 15:04")
}

func report(ctx context.Context, admin *node.Admin, stdout io.Writer) error {
	s, err := admin.Stats(ctx)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	table := tabwriter.NewWriter(stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "server\tmychat-server %s, protocol %d\n", buildVersion(), protocol.Version)
	fmt.Fprintf(table, "database\t%s, schema %d, %.1f MB\n", s.Engine, s.Schema, float64(s.Bytes)/1e6)
	fmt.Fprintf(table, "users\t%d (%d disabled)\n", s.Users, s.Disabled)
	fmt.Fprintf(table, "signed-in devices\t%d\n", s.Devices)
	fmt.Fprintf(table, "conversations\t%d\n", s.Conversations)
	fmt.Fprintf(table, "messages\t%d\n", s.Entries)
	return table.Flush()
}
