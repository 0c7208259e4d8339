using System.CommandLine;
using System.Globalization;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Recipes;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Options that several commands share, so that they mean and say the same everywhere.</summary>
internal static class Options
{
    internal static Argument<string> Recipe() => new("recipe")
    {
        Description = "A recipe's name (see 'moco recipes') or the path of a recipe file.",
    };

    /// <summary>Reads a recipe, and says what is written in an older spelling.</summary>
    internal static RecipeFile Load(CommandContext context, string nameOrPath, IReadOnlyList<string> assignments)
    {
        RecipeFile file = RecipeFile.Load(nameOrPath, assignments);
        foreach (string note in file.Notes) context.Warn(note);
        return file;
    }

    internal static Argument<string> Run() => new("run") { Description = "The folder of a run." };

    internal static Option<string?> Checkpoint() => Parsed<string>("--checkpoint", "best|update",
        "As the run was at a checkpoint that it keeps: best, when its kNN test was best (chosen on the test pictures, so it flatters), "
        + "or the number of an update. Default: as it is now.",
        "best, or the number of an update", static text => text == "best" || text.Length > 0 && text.All(char.IsAsciiDigit) ? text : null);

    internal static Option<string?> Data(string description) => new("--data") { Description = description, HelpName = "dir" };

    /// <summary>A file of embeddings.</summary>
    internal static Option<string> Embeddings(string name, string description) =>
        new(name) { Description = description, HelpName = "file" };

    /// <summary>Which of a network's numbers a file of embeddings holds.</summary>
    internal static Option<FeatureSpace?> Layer(string description) => Parsed<FeatureSpace?>("--layer", "name", description,
        "a name of letters and digits", static text => text.Length > 0 && text.All(char.IsAsciiLetterOrDigit) ? new(text) : null);

    /// <summary>Stages whose maps are taken, several by commas.</summary>
    internal static Option<string[]?> Stages(string description) => Parsed<string[]>("--layer", "stage,…", description,
        "names of stages, each once, with commas between them", static text => text.Split(',') is var names
            && names.All(static name => name.Length > 0 && name.All(char.IsAsciiLetterOrDigit)) && names.Distinct().Count() == names.Length
            ? names : null);

    /// <summary>A mask's value of pixels that do not count.</summary>
    internal static Option<string?> Ignored() => new("--ignore")
    {
        Description = "The masks' value of pixels that do not count: a number, or a color such as #000000. Default: 255 where values are "
            + "numbers.",
        HelpName = "value",
    };

    /// <summary>The shorter side at which pictures are seen.</summary>
    internal static Option<int?> Side() => Within("--size", "pixels", 1, 4096,
        "The shorter side at which whole pictures are seen, and their pixels named. Default: the scale of other tests.");

    /// <summary>Places that are learned from.</summary>
    internal static Option<int?> Places(string of) => Within("--places", "count", 100, 10_000_000,
        $"Places of {of} that are learned from, at most. Default: 20,000.");

    /// <summary>A whole number between two others.</summary>
    internal static Option<int?> Within(string name, string unit, int least, int most, string description) =>
        Parsed<int?>(name, unit, description, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
            text => int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? value : null);

    /// <summary>A file that a command writes on request.</summary>
    internal static Option<string?> Result(string name, string unit, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = unit };

    /// <summary>The first is the data set; the others give more pictures to learn from.</summary>
    internal static Option<string[]> DataOften(string description) => new("--data")
    {
        Description = description,
        HelpName = "dir",
        DefaultValueFactory = static _ => [],
    };

    internal static Option<string?> Test() => new("--test")
    {
        Description = "Other pictures for the kNN test than those beside the training pictures.",
        HelpName = "dir",
    };

    internal static Option<string> Labels() => new("--labels")
    {
        Description =
            "Where labels come from: auto, none, folders, or a CSV file with columns file and label. Tests need them; training does not, "
            + "but for method supcon.",
        HelpName = "auto|none|folders|file.csv",
        DefaultValueFactory = static _ => "auto",
    };

    /// <summary>Given without a folder it is the run's own.</summary>
    internal static Option<string?> TensorBoard() => new("--tensorboard")
    {
        Description = "Write the training's course for TensorBoard into this folder too. Without a name: tensorboard/ in the run's folder.",
        HelpName = "dir",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal static Option<int?> StopAfter() =>
        AtLeastOne("--stop-after", "epochs", "Stop when so many epochs are done, with the schedule unchanged; 'moco resume' goes on.");

    /// <summary>The early end that was asked for; null for none.</summary>
    internal static StopAfter? Stop(int? epochs, int? steps) => (epochs, steps) switch
    {
        ({ } e, { } s) => Training.StopAfter.Epochs(e).Or(Training.StopAfter.Steps(s)),
        ({ } e, null) => Training.StopAfter.Epochs(e),
        (null, { } s) => Training.StopAfter.Steps(s),
        _ => null,
    };

    /// <summary>--threads of a command that trains nothing.</summary>
    internal static Option<int?> Threads() => AtLeastOne("--threads", "count",
        "Threads of the network, no more than the processors. Default: all. Its numbers are bit-equal only for equal counts.");

    /// <summary>--threads of a command that trains.</summary>
    internal static Option<int?> TrainingThreads() => AtLeastOne("--threads", "count",
        "Threads of the training step, no more than the processors. Default: all. Weights are bit-equal only for equal counts.");

    /// <summary>Whose device is the default where a run is there.</summary>
    internal const string TheRuns = "the run's";

    /// <summary>A device as <c>--set</c> takes it.</summary>
    internal static string DeviceSetting(string device) => $"training.device={device}";

    internal static Option<string?> Device(string otherwise) =>
        Parsed<string>("--device", "cpu|cuda|cuda:N", $"What computes: the processor, or a CUDA card. Default: {otherwise}.",
        "cpu, cuda, or cuda:1 and so on", static text => Torch.Device.IsName(text) ? text : null);

    internal static Option<bool> LibraryKernels() => new("--library-kernels")
    {
        Description =
            "Leave every convolution, in all directions and number types, to libtorch's own kernels. Batch norm, max pooling and the "
            + "optimizer's pass stay this program's: they have no other.",
    };

    internal static Option<string?> KernelFile() => new("--kernels")
    {
        Description =
            "Take the choice of convolution kernels from this file instead of this machine's own (see 'moco doctor --kernels'). Shapes "
            + "that it lacks are measured as usual.",
        HelpName = "file",
    };

    internal static Option<string[]> Set() => new("--set")
    {
        Description = "Change one value of the recipe; may be given often: --set training.batchSize=128 --set method.queueLength=4096.",
        HelpName = "key=value",
        DefaultValueFactory = static _ => [],
    };

    internal static Option<int?> AtLeastOne(string name, string unit, string description) =>
        Parsed<int?>(name, unit, description, "a whole number of 1 or more",
            static text => int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value >= 1 ? value : null);

    internal static Option<double?> Positive(string name, string unit, string description) =>
        Parsed<double?>(name, unit, description, "a number above 0",
            static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0
            && double.IsFinite(value) ? value : null);

    internal static Option<ulong?> Seed(string description) =>
        Parsed<ulong?>("--seed", "number", description, "a whole number of 0 or more",
            static text => ulong.TryParse(text, CultureInfo.InvariantCulture, out ulong value) ? value : null);

    internal static Option<FeatureSpace?> Features(string otherwise) => Parsed<FeatureSpace?>(
        "--features", "name",
        "backbone: the encoder's. A stage such as layer3: the mean over its map. head1, head2 …: a hidden layer of the head. projected: "
        + "the space of the loss. "
            + $"Default: {otherwise}.", "a name of letters and digits", static text => text.Length > 0
            && text.All(char.IsAsciiLetterOrDigit) ? new FeatureSpace(text) : null);

    internal static Option<LabelBudget?> Budget() =>
        Budget("--labels", "Labels to learn from: a share of each class's, or so many a class. Default: 100%.");

    internal static Option<LabelBudget?> Budget(string name, string description) => Parsed<LabelBudget?>(
        name, "1%|10%|100%|N-per-class", description,
        "a share such as 10%, or a count such as 5-per-class", LabelBudget.TryParse);

    internal static Option<double[]> Rates(string description) => new("--rate")
    {
        Description = description,
        HelpName = "eta",
        DefaultValueFactory = static _ => [],
        CustomParser = static result =>
        {
            double[] values = [.. result.Tokens.Select(static token =>
                double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0)];
            if (values.Any(static value => !(value > 0) || !double.IsFinite(value)))
                result.AddError("--rate takes a number above 0; it may be given often");
            return values;
        },
    };

    internal static Option<double?> Precision(string description) =>
        Parsed<double?>("--precision", "share", description, "a number above 0 and up to 1",
        static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is > 0 and <= 1
        ? value : null);

    internal static Option<string?> SaveHead() => new("--save-head")
    {
        Description = "Keep the first draw's classifier under this name, for 'moco classify'.",
        HelpName = "name",
    };

    /// <summary>One of an enumeration's names, in lower case.</summary>
    internal static Option<T?> Choice<T>(string name, string description) where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(static one => one.ToLowerInvariant())];
        return Parsed<T?>(name, string.Join('|', names), description, string.Join(" or ", names),
            text => names.Contains(text) ? Enum.Parse<T>(text, ignoreCase: true) : null);
    }

    // The library's own texts for wrong values name .NET types.
    internal static Option<T?> Parsed<T>(string name, string unit, string description, string takes, Func<string, T?> parse) => new(name)
    {
        Description = description,
        HelpName = unit,
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            T? value = parse(text);
            if (value is null) result.AddError($"{name} is '{text}', and it takes {takes}");
            return value;
        },
    };
}
