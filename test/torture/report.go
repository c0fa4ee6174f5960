package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// worldWithin bounds one world with all that it waits for.
const worldWithin = 20 * time.Minute

// report is what several worlds came to.
type report struct {
	first   uint64 // Seed.
	worlds  map[string]int
	length  time.Duration
	steps   int
	deeds   map[string]int // What people did, by a line of the table.
	devices int
	longest time.Duration // From the last fault mended until all agreed.
	faults  map[kind]int
	missing map[kind]string // Why no fault of a kind was made anywhere.
}

// Lines of the table that say what people did.
const (
	didSay      = "messages"
	didEdit     = "edits"
	didRecall   = "recalls"
	didArrange  = "pins, mutes, archivings, hidings, marks as unread, filings and drafts of conversations"
	didReact    = "reactions, put or taken away"
	didPin      = "messages pinned or taken off"
	didStar     = "stars, put or taken away"
	didDelete   = "messages deleted for oneself"
	didForward  = "messages forwarded one by one"
	didRecord   = "records of messages forwarded"
	didLater    = "messages for later"
	didHurry    = "of those, told to go at once"
	didGiveUp   = "of those, given up"
	didPrefer   = "preferences changed"
	didClear    = "conversations deleted for oneself"
	didClearAll = "conversations deleted for both"
)

// deeds are those in the order of the table.
var deeds = [...]string{
	didSay, didEdit, didRecall, didReact, didPin, didStar, didDelete, didForward, didRecord,
	didLater, didHurry, didGiveUp, didArrange, didPrefer, didClear, didClearAll,
}

// deeds counts what people did, as far as it was not refused at once.
func (m *model) deeds() map[string]int {
	n := map[string]int{}
	count := func(what string, wishes []*wish) {
		for _, w := range wishes {
			if w.fate != refused {
				n[what]++
			}
		}
	}
	for _, s := range m.said {
		switch {
		case s.fate == refused:
		case s.target != "":
			n[didEdit]++
		case s.later != nil:
			n[didLater]++
			count(didHurry, s.later.hurried)
			count(didGiveUp, s.later.givenUp)
		case s.card != "":
			n[didRecord]++
		default:
			n[didSay]++
			n[didForward] += len(s.copies)
		}
	}
	for _, wishes := range m.recalls {
		count(didRecall, wishes)
	}
	for _, wishes := range m.deleted {
		count(didDelete, wishes)
	}
	for key, wishes := range m.wishes {
		switch key.field {
		case starred:
			count(didStar, wishes)
		case reacted:
			count(didReact, wishes)
		case atop:
			count(didPin, wishes)
		case preferred:
			count(didPrefer, wishes)
		default:
			count(didArrange, wishes)
		}
	}
	for _, c := range m.clears {
		switch {
		case c.fate == refused:
		case c.forAll:
			n[didClearAll]++
		default:
			n[didClear]++
		}
	}
	return n
}

func newReport(seed uint64) *report {
	return &report{first: seed, worlds: map[string]int{}, deeds: map[string]int{}, faults: map[kind]int{}, missing: map[kind]string{}}
}

// length is how long a world is: so many steps, or what of them fits into a
// time.
type length struct {
	steps  int
	within time.Duration
}

// torture plays one world and adds it to a report. What it returns says how
// that went in a line; the error tells all that is known of a broken promise.
func torture(ctx context.Context, st stage, seed uint64, long length, total *report) (said string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, worldWithin, fmt.Errorf("a world took longer than %v", worldWithin))
	defer cancel()
	folder, err := os.MkdirTemp("", "mychat-torture-")
	if err != nil {
		return "", err
	}
	w, err := newWorld(ctx, st, seed, folder)
	var took time.Duration
	var steps int
	if err == nil {
		if steps, err = w.play(ctx, draw(seed, long.steps), long.within); err == nil {
			took, err = w.reconcile(ctx)
		}
	}
	if err != nil {
		err = w.explain(err)
	}
	err = errors.Join(err, w.end())
	if err == nil {
		err = os.RemoveAll(folder)
	}
	total.add(w, steps, took)
	verdict := fmt.Sprintf("all agreed after %v", took.Round(time.Millisecond))
	if err != nil {
		verdict = "BROKEN"
	}
	return fmt.Sprintf("seed %d, %s: %d steps, %d devices, %d messages, %d faults: %s",
		seed, st.name, steps, len(w.devices), len(w.model.said), sum(w.counts), verdict), err
}

// explain adds to an error what one needs to look into it.
func (w *world) explain(err error) error {
	return fmt.Errorf("%w\n\nseed %d on %s; databases of the apps and logs are in %s\nthe last steps:\n  %s",
		err, w.seed, w.stage.name, w.folder, strings.Join(w.done, "\n  "))
}

func (r *report) add(w *world, steps int, took time.Duration) {
	r.worlds[w.stage.name]++
	r.steps += steps
	for what, n := range w.model.deeds() {
		r.deeds[what] += n
	}
	r.devices += len(w.devices)
	r.longest = max(r.longest, took)
	for k, n := range w.counts {
		r.faults[k] += n
	}
	if w.appDisk == nil {
		r.missing[fillServer], r.missing[fillApp] = errNoDisk.Error(), errNoDisk.Error()
	}
	if w.stage.pid == 0 && r.faults[killPostgres] == 0 {
		r.missing[killPostgres] = "no PostgreSQL of its own"
	}
}

// print writes the report as Markdown.
func (r *report) print(out io.Writer, broke error) {
	verdict := "every device agreed with the model"
	if broke != nil {
		verdict = "BROKEN"
	}
	worlds := 0
	var kinds []string
	for _, st := range stages("any", 0) {
		if n := r.worlds[st.name]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d on %s", n, st.name))
		}
		worlds += r.worlds[st.name]
	}
	fmt.Fprintf(out, "\n| | |\n|---|--:|\n")
	rows := [][2]string{
		{"length", r.length.Round(time.Second).String()},
		{"worlds", fmt.Sprintf("%d: %s", worlds, strings.Join(kinds, ", "))},
		{"seeds", fmt.Sprintf("%d to %d", r.first, r.first+uint64(max(worlds, 1)-1))},
		{"steps", fmt.Sprint(r.steps)},
		{"devices", fmt.Sprint(r.devices)},
	}
	for _, what := range deeds {
		rows = append(rows, [2]string{what, fmt.Sprint(r.deeds[what])})
	}
	rows = append(rows,
		[2]string{"longest time to agreement after mending", r.longest.Round(time.Millisecond).String()},
		[2]string{"**verdict**", "**" + verdict + "**"})
	for _, row := range rows {
		fmt.Fprintf(out, "| %s | %s |\n", row[0], row[1])
	}
	fmt.Fprintf(out, "\n| Fault | Times |\n|---|--:|\n")
	for _, k := range faults {
		n := fmt.Sprint(r.faults[k])
		if why := r.missing[k]; why != "" && r.faults[k] == 0 {
			n = "none: " + why
		}
		fmt.Fprintf(out, "| %s | %s |\n", k, n)
	}
	fmt.Fprintf(out, "| **together** | **%d** |\n", sum(r.faults))
}

func sum(counts map[kind]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
