using System.Text;

namespace MocoSharp.Torch.Interop;

/// <summary>The one place where a native status becomes an exception.</summary>
internal static unsafe class Native
{
    internal static void Check(NativeStatus status, string operation)
    {
        if (status != NativeStatus.Ok)
            throw new TorchException(TorchErrorIds.NativeCall, $"{operation} failed: {LastError()}");
    }

    internal static string LastError()
    {
        byte* text = NativeMethods.LastError(out long length);
        return Encoding.UTF8.GetString(text, checked((int)length)).TrimEnd();
    }

    internal static void KeepError(Exception error)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{error.GetType().Name}: {error.Message}");
        fixed (byte* start = text) NativeMethods.SetError(start, text.Length);
    }
}
