using System.CommandLine;
using System.Runtime.ExceptionServices;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;

namespace MocoSharp.Cli.Commands;

/// <summary>What all tests of a run take: the run, other pictures or labels, the device, threads.</summary>
internal sealed class TestOptions
{
    private readonly Argument<string> _run = Options.Run();
    private readonly Option<string?> _data = Options.Data("Other pictures than the run's, or where the same ones are now.");
    private readonly Option<string?> _test = new("--test")
    {
        Description = "Other pictures to test on than those beside the pictures to learn from.",
        HelpName = "dir",
    };
    private readonly Option<string?> _labels = new("--label-file")
    {
        Description = "Labels that came later: a CSV file with the columns file (a path below the pictures' folder) and label. "
            + "Without labeled test pictures a fifth is kept to test on.",
        HelpName = "file.csv",
    };
    private readonly Option<string?> _testLabels = new("--test-label-file")
    {
        Description = "The same for the pictures to test on.",
        HelpName = "file.csv",
    };
    private readonly Option<string?> _checkpoint = Options.Checkpoint();
    private readonly Option<string?> _device = Options.Device(Options.TheRuns);
    private readonly Option<int?> _threads = Options.Threads();
    private bool _hasLabels = true;

    /// <summary>Another name for <c>--label-file</c>, where no other option has it.</summary>
    internal TestOptions LabelsToo()
    {
        _labels.Aliases.Add("--labels");
        return this;
    }

    /// <summary>For a test that asks nothing of pictures' labels.</summary>
    internal TestOptions WithoutLabels()
    {
        _hasLabels = false;
        return this;
    }

    internal Command Command(string name, string description, params Option[] own)
    {
        Command command = new(name, description) { _run, _data, _test };
        if (_hasLabels)
        {
            command.Add(_labels);
            command.Add(_testLabels);
        }
        foreach (Option option in own) command.Add(option);
        command.Add(_checkpoint);
        command.Add(_device);
        command.Add(_threads);
        return command;
    }

    /// <summary>Opens the run, tests it and prints the one JSON document.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="test">Tests.</param>
    /// <param name="show">Shows the result to people.</param>
    /// <param name="isShared">Whether several processes can share the test.</param>
    internal async Task<int> RunAsync<T>(
        CommandContext context, ParseResult parse, Func<Run, TestPictures, TestReporter, Task<T>> test, Action<T> show,
        bool isShared = false)
        where T : EvaluationResult
    {
        if (!isShared) RankChoice.RequireNone(parse.CommandResult.Command.Name);
        Run run = Run.Open(parse.GetRequiredValue(_run), parse.GetValue(_device), parse.GetValue(_checkpoint));
        foreach (string note in run.Notes) context.Warn(note);
        RankChoice.UseThreads(context, parse.GetValue(_threads));
        T result;
        TestPictures pictures = new(parse.GetValue(_data), parse.GetValue(_test), parse.GetValue(_labels), parse.GetValue(_testLabels));
        using (TestReporter reporter = new(context)) result = await test(run, pictures, reporter);
        if (RankChoice.Here is { Rank: > 0 }) return ExitCode.Done;          // rank 0 tells it
        show(result);
        // shown first: a full disk does not take away what was worked out
        if (result.NotKept is { } error) ExceptionDispatchInfo.Throw(error);
        context.People.Profile.Out.Writer.WriteLine($"kept in {result.File}");
        context.Result(result, run.Folder.Evaluations);
        return ExitCode.Done;
    }
}
