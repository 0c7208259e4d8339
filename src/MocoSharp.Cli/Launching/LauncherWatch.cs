using MocoSharp.Cli.Interop;

namespace MocoSharp.Cli.Launching;

/// <summary>Ends a rank when the launcher that started it has gone, however that came. The launcher holds one end of the rank's standard
/// input and never writes: the kernel closes it with the launcher.</summary>
internal static class LauncherWatch
{
    /// <summary>Tells a process that its standard input is held by a launcher.</summary>
    internal const string Variable = "MOCO_LAUNCHER";

    internal const string Holds = "stdin";
    private const int Kill = 9;

    // an update and a checkpoint; a rank that waits for one that was stopped would come to neither
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(12);

    /// <summary>Watches from a thread of its own; does nothing in a process that no launcher started.</summary>
    /// <param name="stop">Asks this process to stop.</param>
    internal static void Begin(Action stop)
    {
        if (Environment.GetEnvironmentVariable(Variable) != Holds) return;
        new Thread(() =>
        {
            AwaitEnd();
            stop();
            using ManualResetEventSlim never = new();
            _ = never.Wait(s_grace);
            _ = NativeMethods.Signal(Environment.ProcessId, Kill);
        })
        { IsBackground = true, Name = "launcher" }.Start();
    }

    private static void AwaitEnd()
    {
        byte[] byteOfNobody = new byte[1];
        nint read;
        do read = NativeMethods.Read(0, byteOfNobody, 1);
        while (read > 0 || read < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == NativeMethods.Interrupted);
    }
}
