using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using MocoSharp.Studio;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco studio</c>: a page over a folder of runs.</summary>
internal static class StudioCommand
{
    private const int UsualPort = 7878, LastPort = 65_535;

    internal static Command Create(CommandContext context)
    {
        Argument<string> runs = new("runs")
        {
            Description = "The folder that holds runs, or one run's.",
            DefaultValueFactory = static _ => "runs",
        };
        Option<int> port = new("--port")
        {
            Description = "Where it listens on this machine, 0 for any that is free. Other machines never reach it.",
            HelpName = "number",
            DefaultValueFactory = static _ => UsualPort,
        };
        port.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > LastPort) result.AddError($"--port takes 0 to {LastPort}.");
        });
        Option<bool> noBrowser = new("--no-browser") { Description = "Print the page's address and open no browser." };
        Command command = new("studio",
            "Open a page in the browser: watch trainings, look at maps, find and label pictures, compare runs.")
        {
            runs, port, noBrowser,
        };
        command.SetAction((parse, _) => RunAsync(context,
            new StudioOptions(parse.GetRequiredValue(runs), OwnProgram(), parse.GetValue(port)), opens: !parse.GetValue(noBrowser)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, StudioOptions options, bool opens)
    {
        await using StudioServer studio = await StudioServer.StartAsync(options, context.Terminal.Time, context.Cancel);
        TextWriter lines = context.People.Profile.Out.Writer;
        lines.WriteLine($"The studio shows {Path.GetFullPath(options.Runs)} at");
        lines.WriteLine($"  {studio.PageAddress}");
        lines.WriteLine("The address lets its reader change labels and start work: share it with nobody. Ctrl+C ends the studio.");
        lines.Flush();
        context.Result(new { address = studio.Address, page = studio.PageAddress, studio.Token });
        if (opens && !Open(studio.PageAddress)) lines.WriteLine("No browser could be started: open the address yourself.");
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (context.Cancel.Register(ended.SetResult)) await ended.Task;
        lines.WriteLine("The studio ends.");
        return ExitCode.Done;
    }

    private static bool Open(Uri page)
    {
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true });
            return true;
        }
        catch (Exception error) when (error is Win32Exception or FileNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>How this program was started: moco itself, or dotnet with moco.dll.</summary>
    internal static ToolCommand OwnProgram()
    {
        string program = Environment.ProcessPath ?? "dotnet", library = typeof(StudioCommand).Assembly.Location;
        return Path.GetFileNameWithoutExtension(program) == "moco" ? new ToolCommand(program, [])
            : new ToolCommand(Path.GetFileNameWithoutExtension(program) == "dotnet" ? program : "dotnet", [library]);
    }
}
