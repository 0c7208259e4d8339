using System.CommandLine;
using System.Runtime.ExceptionServices;
using MocoSharp.Cli.Output;
using MocoSharp.Encoders;
using MocoSharp.Evaluation;
using MocoSharp.Recipes;
using MocoSharp.Teachers;

namespace MocoSharp.Cli.Commands;

/// <summary>What all tests of a run take: the run, other pictures or labels, the device, threads.</summary>
internal sealed class TestOptions
{
    private const string Onnx = ".onnx";
    private const int UsualSide = 224;

    private readonly Argument<string> _run = new("run")
    {
        Description = "The folder of a run; or an encoder's file: PyTorch's, safetensors or ONNX, with --data.",
    };
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
    private readonly PictureInput _input = new("--input", "Of an encoder's file");
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Of a file of weights: which encoder it holds, where names and shapes do not tell: --set encoder.name=resnet50 "
            + "--set encoder.width=2.",
        HelpName = "encoder.key=value",
        DefaultValueFactory = static _ => [],
    };
    private readonly Option<string?> _results = new("--results")
    {
        Description = "Of an encoder's file: the folder whose eval/ gets the results. Default: one beside the file, NAME-tests.",
        HelpName = "dir",
    };
    private bool _hasLabels = true, _hasFiles = true;

    /// <summary>Another name for <c>--label-file</c>, where no other option has it.</summary>
    internal TestOptions LabelsToo()
    {
        _labels.Aliases.Add("--labels");
        return this;
    }

    /// <summary>For a test that an encoder alone cannot make.</summary>
    internal TestOptions OfRuns()
    {
        _hasFiles = false;
        _run.Description = "The folder of a run.";
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
        if (!_hasFiles) return command;
        command.Add(_set);
        _input.AddTo(command);
        command.Add(_results);
        return command;
    }

    private Run Open(ParseResult parse, Teacher? network)
    {
        string path = parse.GetRequiredValue(_run);
        if (!_hasFiles || !File.Exists(path)) return Run.Open(path, parse.GetValue(_device), parse.GetValue(_checkpoint));
        if (parse.GetValue(_checkpoint) is { } checkpoint)
            throw new OptionException("checkpoint", checkpoint, "and an encoder's file has none",
                fix: "name the run's folder in place of the file");
        if (network is not null) return Run.OfNetwork(path, network, parse.GetValue(_results));
        EncoderOptions? encoder = EncoderOf(parse.GetRequiredValue(_set));
        int side = (encoder as SizedEncoderOptions)?.Side ?? UsualSide;
        return Run.OfFile(path, new EncoderFileOptions(encoder, _input.Seen(parse, side), parse.GetValue(_results)),
            parse.GetValue(_device) ?? "cpu");
    }

    private OnnxTeacher? NetworkOf(ParseResult parse) => _hasFiles && parse.GetRequiredValue(_run) is var path
        && path.EndsWith(Onnx, StringComparison.OrdinalIgnoreCase) && File.Exists(path) ? new OnnxTeacher([path], _input.Of(parse)) : null;

    private static EncoderOptions? EncoderOf(string[] assignments)
    {
        if (assignments.Length == 0) return null;
        if (assignments.FirstOrDefault(static one => !one.StartsWith("encoder.", StringComparison.Ordinal)) is { } other)
            throw new OptionException("set", other, "and only the encoder of a file can be told", fix: "write --set encoder.name=resnet50");
        return RecipeFile.Load("moco-v2-imagenet", assignments).Recipe.Encoder;
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
        using Teacher? network = NetworkOf(parse);
        Run run = Open(parse, network);
        bool isFile = File.Exists(parse.GetRequiredValue(_run));          // what was understood of it is no cause for worry
        foreach (string note in run.Notes)
            if (isFile) context.People.Profile.Out.Writer.WriteLine($"note: {note}");
            else context.Warn(note);
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
