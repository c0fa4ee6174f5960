// Package bus carries wake-ups and ephemera between the nodes of a server: what
// was committed, who is typing, which device was signed out. It never holds
// truth. Whoever loses an event reads the logs instead, and is told that it
// lost one by an event of KindGap.
//
// It is NATS, embedded in this process or external; both are one connection.
// Every subscription sees every event: a publisher numbers its events, so a
// subscriber notices any loss, whether its own queue overflowed, its connection
// broke, or a route between two nodes did. Heartbeats bound how late it notices.
// Goroutines belong to Bus.Run, Subscription.Run and the NATS library.
package bus
