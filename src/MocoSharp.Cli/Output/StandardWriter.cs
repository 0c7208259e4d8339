using System.Runtime.InteropServices;
using System.Text;
using MocoSharp.Cli.Interop;

namespace MocoSharp.Cli.Output;

/// <summary>Why a standard stream could not be written.</summary>
/// <param name="Reason">In words.</param>
/// <param name="IsReaderGone">Whether its reader had ended, as <c>head</c> does.</param>
internal sealed record OutputFailure(string Reason, bool IsReaderGone);

/// <summary>Text to a standard stream. It never throws, for no work may end because nobody can be told of it: what cannot be written is
/// dropped, and why is kept.</summary>
internal sealed class StandardWriter : TextWriter
{
    private const int Interrupted = 4, TryAgain = 11, BrokenPipe = 32;       // EINTR, EAGAIN, EPIPE
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);
    private static readonly ManualResetEvent s_never = new(false);
    private readonly int _descriptor;
    private readonly Encoder _encoder;

    internal StandardWriter(int descriptor)
    {
        (_descriptor, _encoder) = (descriptor, Encoding.GetEncoder());
        if (!StandardStreams.IsInherited(descriptor)) Failure = new OutputFailure("it is closed", IsReaderGone: false);
    }

    /// <summary>The first failure; null while there was none.</summary>
    internal OutputFailure? Failure { get; private set; }

    /// <summary>Whether anything was to be written.</summary>
    internal bool IsUsed { get; private set; }

    public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.IsEmpty) return;
        IsUsed = true;
        if (Failure is not null) return;
        byte[] bytes = new byte[_encoder.GetByteCount(buffer, flush: false)];
        int count = _encoder.GetBytes(buffer, bytes, flush: false);
        Send(bytes.AsSpan(0, count));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint sent = NativeMethods.Write(_descriptor, bytes, bytes.Length);
            if (sent >= 0)
            {
                bytes = bytes[(int)sent..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error == TryAgain) s_never.WaitOne(s_pause);        // a pipe that its other end made non-blocking is full
            else if (error != Interrupted)
            {
                Failure = new OutputFailure(Marshal.GetPInvokeErrorMessage(error), error == BrokenPipe);
                return;
            }
        }
    }
}
