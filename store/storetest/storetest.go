// Package storetest is the contract of a store in executable form: every store
// passes [Test], and [Processes] where several processes can share it.
package storetest

import (
	"context"
	"iter"
	"testing"
	"time"

	"mailsweep/notify"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// Store is all that a store does.
type Store interface {
	sweeper.Store
	Lists
	Owners
	notify.Outbox
	Log
	// CheckKey refuses another fingerprint key than the one first seen.
	CheckKey(ctx context.Context, check string) error
	Close() error
}

// Lists are what verbs read.
type Lists interface {
	sweeper.Rememberer
	Findings(context.Context, store.FindingFilter) iter.Seq2[sweeper.Finding, error]
	Exposures(context.Context, store.ExposureFilter) iter.Seq2[sweeper.Exposure, error]
	Exposure(ctx context.Context, id string) (sweeper.Exposure, error)
	Skips(context.Context, store.SkipFilter) iter.Seq2[sweeper.Skip, error]
}

// Owners are what people have to do about exposures, and how far they are.
type Owners interface {
	Ownerships(context.Context, store.OwnershipFilter) iter.Seq2[sweeper.Ownership, error]
	Assign(context.Context, store.Assignment) (changed bool, err error)
	SetState(context.Context, store.Change) error
	Lapse(ctx context.Context, now time.Time, actor string) (n int, err error)
	Forget(context.Context, store.Forgetting) (store.Forgotten, error)
}

// Log is the hash-chained log, and the runs that it tells of.
type Log interface {
	Entries(context.Context) iter.Seq2[store.Entry, error]
	Verify(ctx context.Context, kept ...string) (store.Verification, error)
	Runs(context.Context) iter.Seq2[store.Run, error]
}

// Fresh makes a place for a store that holds nothing yet; what it returns opens the
// store there, any number of times.
type Fresh func(t *testing.T) (open func() (Store, error))

// Test runs the whole suite.
func Test(t *testing.T, fresh Fresh) {
	for name, test := range map[string]func(*testing.T, *house){
		"a page is all or nothing":                             pageIsWhole,
		"a page twice counts once":                             pageTwice,
		"a stale page is refused":                              stalePage,
		"a page of an unknown run is refused":                  unknownRun,
		"what is found again is not new":                       foundAgain,
		"a key that names other mail":                          otherMail,
		"a message searched again has its latest skips":        latestSkips,
		"a message that cannot be opened again keeps its mail": keptEnvelope,
		"a cancelled commit leaves nothing":                    cancelledCommit,
		"commits that are stopped":                             interruptedCommits,
		"all of a finding comes back":                          wholeFinding,
		"odd bytes in names come back":                         oddNames,
		"cursors belong to their scope":                        cursorScopes,
		"new rules mean reading again":                         rereadOnNewRules,
		"a window that moves leaves no trail of cursors":       movingWindow,
		"a large cursor comes back":                            largeCursor,
		"a folder is read again on purpose":                    againOnPurpose,
		"some of a folder is read again on purpose":            someAgainOnPurpose,
		"a slow first page does not undo another's walk":       slowFirstPage,
		"gone messages stay in history":                        goneMessages,
		"folders are listed while anything is in them":         folders,
		"a moved message is not gone":                          movedMessage,
		"a message met outside of its folder's walks":          metOutside,
		"a message on the move is where it is in the end":      messageOnTheMove,
		"skips of a message on the move are kept":              skipOnTheMove,
		"mail that moves all the time comes to rest":           trafficComesToRest,
		"a reset walk finds what is gone":                      resetWalk,
		"a reset walk survives being stopped":                  resetWalkStopped,
		"a reset walk spares mail outside its window":          resetWalkInWindow,
		"a skip of a folder is noted and cleared":              folderSkip,
		"one token in three mails is one exposure":             tokenIsOneExposure,
		"one password in many threads is many exposures":       passwordIsManyExposures,
		"an exposure follows its findings":                     exposureFollows,
		"an exposure is found by its id's beginning":           exposureByID,
		"findings are filtered":                                filteredFindings,
		"exposures are filtered":                               filteredExposures,
		"skips are filtered":                                   filteredSkips,
		"lists are in order and can be left":                   orderedLists,
		"a list does not stop a commit":                        commitWhileListing,
		"runs are remembered and logged":                       runsAndLog,
		"the log is one chain":                                 logIsOneChain,
		"another fingerprint key is refused":                   otherKey,
		"folders are swept at the same time":                   foldersAtOnce,
		"nothing is forgotten":                                 nothingForgotten,
		"a state is said, logged and remembered":               statesAreSaid,
		"what cannot become so changes nothing":                statesThatCannotBe,
		"owners take over what was said before":                ownersTakeOver,
		"owners change, and who was told stays":                ownersChange,
		"what was rotated is reopened by newer mail":           reopenedByNewerMail,
		"an accepted risk lapses":                              acceptedRiskLapses,
		"what is overdue is listed":                            overdueIsListed,
		"notices come back whole":                              noticesAreWhole,
		"nobody is told a thing twice":                         nobodyIsToldTwice,
		"notices pass their stages in order":                   stagesInTheirOrder,
		"of many senders one sends a notice":                   oneSendsEach,
		"a mailbox is forgotten":                               mailboxIsForgotten,
		"what is old is forgotten":                             oldIsForgotten,
		"a person is forgotten":                                personIsForgotten,
		"one sender at a time":                                 oneSenderAtATime,
		"what did not go out is sent again":                    whatDidNotGoOutIsSentAgain,
	} {
		t.Run(name, func(t *testing.T) {
			h := &house{T: t, open: fresh(t)}
			h.Store = h.reopen()
			h.run = h.begin()
			test(t, h)
		})
	}
}
