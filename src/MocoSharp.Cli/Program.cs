using System.Runtime.InteropServices;
using System.Text;
using MocoSharp.Cli.Launching;
using MocoSharp.Cli.Output;
using Spectre.Console;

namespace MocoSharp.Cli;

/// <summary>The process: its console and its signals. All else is in <see cref="MocoTool"/>, which tests run too.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
#pragma warning disable RS0030 // the one home of the process's console
        StandardStreams.KeepClosedOnesFree();
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        StandardWriter output = new(descriptor: 1), errors = new(descriptor: 2);
        Console.SetOut(output);
        Console.SetError(errors);
        Terminal terminal = new(Terminal.Over(Console.Out), Terminal.Over(Console.Error), TimeProvider.System)
        {
            Failure = () => output.IsUsed ? output.Failure : null,
        };
#pragma warning restore RS0030
        bool hasEnded = false;
        using CancellationTokenSource cancel = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, AskToStop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, AskToStop);
        LauncherWatch.Begin(LauncherHasGone);
        int code = await MocoTool.RunAsync(args, terminal, cancel.Token);
        lock (cancel) hasEnded = true;
        return code;

        void LauncherHasGone()
        {
            lock (cancel)
            {
                if (hasEnded) return;
                terminal.Error.WriteLine("the launcher has ended, so this rank stops");
                cancel.Cancel();
            }
        }

        void AskToStop(PosixSignalContext signal)
        {
            if (cancel.IsCancellationRequested) return;      // the second one ends the process at once, as if nobody listened
            signal.Cancel = true;
            cancel.Cancel();
        }
    }
}
