// Package mailfile makes Sources of mail that lies in files: single messages,
// mboxes, Maildirs, and any tree of them.
//
// # What is mail
//
// Content decides, never the name; a name can only widen: "x.eml" or "x.msg" is taken as a
// message when it is text at all, "x.mbox" is an mbox even while it holds one
// message.
//
//   - A message is a file that begins with a block of header fields some of which
//     are those of mail. A byte order mark, empty lines, an mbox "From " line and
//     Apple Mail's line with the length (.emlx) may stand before it.
//   - An mbox is a file that begins with a "From " line and holds more than one
//     message, or one and is named .mbox.
//   - A Maildir is a directory that has the directories cur and new. What lies in tmp,
//     being delivered or left by a delivery that broke off, is searched as it is; when it
//     moves to new it is the same message. MH folders are just directories.
//   - Everything else ends as a [sweeper.Skip]: not-mail with its kind, unsupported
//     for Outlook's formats, for compressed mail and for what is no regular file
//     (which is never opened: reading a pipe can wait for ever), unreadable.
//
// # Messages in an mbox
//
// A message begins at a line "From " that has the form of a separator, sender and
// date as in "From a@b Thu Jan  1 00:00:00 1970", and stands at the start or after
// an empty line. Common variants of the date are known, and senders of more than one
// word ("user at host", pipermail). Where the date or the empty line is missing,
// the next line has to be a header field of mail. So a paragraph that begins with
// "From what I hear" separates nothing.
//
// Content-Length (mboxcl, mboxcl2; qmail's mbox(5) and JWZ's "Content-Length"
// page) is believed only when a separator or the end of the file stands where it
// points to. In a body, ">From " loses one ">" (mboxrd; harmless in mboxo).
//
// # Names
//
// A root that is a file is a mailbox named by its base name, with the folder "".
// A root that is a Maildir is one, too; its folders are INBOX and those of
// Maildir++: ".Sent.2024" is "Sent/2024", modified UTF-7 decoded. In any other tree a
// directory just below the root is a mailbox, and the path below that is the folder;
// files in the root itself are in the mailbox named like the root. Directories that
// hold nothing but directories are no folders. Roots of the same base name are told
// apart by as much of their paths as it takes.
//
// An mbox adds its own name as the last part of the folder, or is the mailbox when
// it lies in the root itself. This is so in the messages only: [Source.Folders]
// opens no file, its folders are directories.
//
// A message's ID is its path below the root, in an mbox followed by "#" and the byte
// offset of its "From " line. Bytes of names that are not UTF-8 are written as \xNN.
//
// Names can hold secrets, for mail tools name what they export after the subject. So a
// folder's Key is a digest of its path, and a message's Key and what a cursor knows a
// file by are digests of the file's; IDs and names are shown, and masked by who stores
// them. The path that is digested is absolute, with links in the root resolved, so that
// one mail named in two ways is one mail; in a Maildir it leaves out the flags and
// says cur for new, too, so that a message is the same when it was read.
// [Source.Message] finds a message by listing its folder.
//
// # Links
//
// A root that is a link is followed. A link in the tree to a file is followed
// too, its Key being that of the target's path; when the target lies below a root of the same
// Source it is left to be found there. Links to directories are not followed.
//
// # Changes
//
// A cursor is a manifest of the directory, in the order of digests: size, times, inode of each file, and for
// an mbox how far it was swept, where its messages begin and a digest of its
// first 64 KiB and of the 4 KiB before that point. A file that has not changed is not
// opened. An mbox that has grown and is otherwise intact is read from its last message
// on, which comes again when it has grown itself. Any other change means that
// the file is read again, and what it no longer holds is gone. A file changed so
// shortly before it was listed that its time could not show another change (50 ms,
// or 2 s where the file system counts in whole seconds) is compared by its digest
// the next time.
//
// What this does not see: an mbox rewritten in its middle and lengthened
// between two sweeps, with its beginning, the bytes at its old end and the starts of
// its messages (32 are looked at) as they were; where the system does not tell when a
// file was changed in any way (ctime), and in a Maildir, whose files are never
// rewritten, a file rewritten to the same size whose time was set back. A ctime that
// changes for another reason, such as new rights, has the file read again.
//
// # Limits
//
// Of a message larger than [Options.MaxMessage] its beginning is read, and a Skip
// says so. An mbox is scanned in pieces of 256 KiB; what grows with it are the offsets of
// its messages in the cursor, about two bytes each. Standard input ([Stdin]) is held
// in memory, up to four times that bound.
package mailfile
