#pragma once

namespace mocosharp {

// Gives the calling thread a signal stack on which the processor's whole state has room.
//
// A thread that has used AMX tiles gets signal frames of over 11 KB. The .NET runtime makes its threads' signal stacks of 16 KB, and its
// handler, which turns a bad access into a NullReferenceException, then runs over their end: the process dies without a word.
void ensure_signal_stack();

}  // namespace mocosharp
