// Package sweepertest holds what makes Sources comparable: [Source], the
// conformance suite that each of them passes, and [Memory], the smallest Source
// that does, for tests of what stands behind Sources.
//
// The suite looks at a Source as the pipeline does. It follows the pages of a
// folder and keeps what they say, and then compares that with the messages that
// were put into the folder: a Source may number, page and order messages as it
// likes, but what one has followed to the end must be the truth. Messages are known by
// their subjects.
package sweepertest
