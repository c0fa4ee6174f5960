package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// kind is one sort of step: what people do, or what breaks.
type kind string

// What people do.
const (
	say        kind = "say something"
	sayMuch    kind = "say many things"
	sayLong    kind = "say something long"
	read       kind = "read"
	look       kind = "look"
	quit       kind = "quit or start the app"
	goOffline  kind = "go offline or online"
	signIn     kind = "sign in a further device"
	fallOut    kind = "end a friendship for a while"
	tryAgain   kind = "send again what was refused"
	startApps  kind = "start every app"
	postDouble kind = "the same request twice at once"
	edit       kind = "edit a message"
	recall     kind = "recall a message"
	arrange    kind = "pin, mute, archive, hide, mark unread, file or draft"
	react      kind = "react to a message"
	pin        kind = "pin a message, or take it off"
	star       kind = "star a message, or not"
	deleteMine kind = "delete a message for oneself"
	forward    kind = "forward messages"
	schedule   kind = "say something later"
	reschedule kind = "say it now, or not at all"
	prefer     kind = "change a preference"
	wipe       kind = "delete a conversation for oneself or all"
)

// What breaks. These are counted.
const (
	killServer   kind = "server killed (SIGKILL)"
	killApp      kind = "app killed (SIGKILL)"
	killMidSend  kind = "app killed while it queues (SIGKILL)"
	cut          kind = "connection cut"
	loseAnswer   kind = "answer lost, so said again"
	truncate     kind = "connection cut inside a frame"
	delay        kind = "connection slow"
	skew         kind = "clock wrong by days"
	fillServer   kind = "server's disk full"
	fillApp      kind = "device's disk full"
	killPostgres kind = "PostgreSQL crashed and recovered"
)

// faults are the kinds that a report counts, in its order. A request that is
// made twice at once is a fault too: that of a network or a client.
var faults = [...]kind{
	killServer, killApp, killMidSend, cut, loseAnswer, postDouble, truncate, delay, skew, fillServer, fillApp, killPostgres,
}

// weights say how often a kind is drawn.
var weights = [...]struct {
	kind   kind
	weight int
}{
	{say, 30}, {sayMuch, 7}, {sayLong, 4}, {read, 16}, {look, 14},
	{quit, 2}, {goOffline, 4}, {signIn, 1}, {fallOut, 1}, {tryAgain, 2}, {startApps, 2}, {postDouble, 4},
	{edit, 9}, {recall, 4}, {arrange, 10},
	{react, 22}, {pin, 9}, {star, 11}, {deleteMine, 5}, {forward, 9}, {schedule, 8}, {reschedule, 8}, {prefer, 6}, {wipe, 5},
	{killServer, 2}, {killApp, 2}, {killMidSend, 3}, {cut, 5}, {loseAnswer, 7}, {truncate, 6}, {delay, 4}, {skew, 2},
	{fillServer, 1}, {fillApp, 1}, {killPostgres, 1},
}

// step is one line of a plan. Its numbers are reduced to what there is when it
// is carried out, such as the number of devices.
type step struct {
	kind    kind
	a, b, n int
	pause   time.Duration // Before the next one.
}

func (s step) String() string { return fmt.Sprintf("%s (%d %d %d)", s.kind, s.a%100, s.b%100, s.n%100) }

// draw makes the plan of a seed: the same one whenever it is called.
func draw(seed uint64, steps int) []step {
	r := rand.New(rand.NewPCG(seed, 0))
	total := 0
	for _, w := range weights {
		total += w.weight
	}
	plan := make([]step, steps)
	for i := range plan {
		at := r.IntN(total)
		for _, w := range weights {
			if at -= w.weight; at < 0 {
				plan[i].kind = w.kind
				break
			}
		}
		plan[i].a, plan[i].b, plan[i].n = r.IntN(1<<20), r.IntN(1<<20), r.IntN(1<<20)
		plan[i].pause = time.Duration(r.IntN(30)) * time.Millisecond
	}
	return plan
}
