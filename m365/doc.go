// Package m365 reads the mail of a Microsoft 365 tenant through Microsoft Graph,
// as a [sweeper.Source]. It is the only room that knows the Graph SDK.
//
// Requests go through one stack that is put together in [New]: the SDK's adapter
// and models; our transport, which refuses other hosts, waits for what the
// service's limits leave, signs in, retries what is worth retrying, and turns
// every failure into an [Error] with a meaning; and net/http. The SDK's own
// middleware is left out but for none: its order is random for each client, it
// retries what it should not and not what it should (500, 502), and its error type
// panics when the service leaves out the message. Its request builders are left out
// too: they would cost a third more of a long first build, see
// docs/decisions/0007-graph-without-builders.md.
//
// What the service is known to do is in the comments where it matters, with its
// source: Microsoft's pages by name, issues by number.
package m365
