using System.CommandLine;
using System.Globalization;
using MocoSharp.Imaging.Augment;
using MocoSharp.Runs;
using MocoSharp.Teachers;

namespace MocoSharp.Cli.Commands;

/// <summary>What a file of another program does not say of the pictures that its network takes.</summary>
/// <param name="prefix">What the options begin with: <c>--teacher</c>.</param>
/// <param name="whose">Whose pictures, for the help: "Of an ONNX teacher".</param>
internal sealed class PictureInput(string prefix, string whose)
{
    private readonly Option<int?> _size = Options.Within($"{prefix}-size", "pixels", 1, 4096,
        $"{whose}: the side of the pictures that it takes. Default: what the file says.");
    private readonly Option<float[]?> _mean = Numbers($"{prefix}-mean",
        $"{whose}: subtracted from each channel, on the scale 0 to 1. Default: what the file says, else ImageNet's.");
    private readonly Option<float[]?> _deviation = Numbers($"{prefix}-std",
        $"{whose}: each channel is then divided by it; 0.00392157 gives 0 to 255. Default: as for the mean.");
    private readonly Option<double?> _share = Options.Parsed<double?>($"{prefix}-crop", "share",
        $"{whose}: how much of the shorter side is kept of larger pictures. Default: what the file says, else 0.875.",
        "a number above 0 and up to 1", static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture,
            out double value) && value is > 0 and <= 1 ? value : null);
    private readonly Option<string?> _output = new($"{prefix}-output")
    {
        Description = "Of an ONNX file with several outputs: the name of the one to take.",
        HelpName = "name",
    };

    internal void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _size, _mean, _deviation, _share, _output }) command.Add(option);
    }

    /// <summary>For an ONNX file.</summary>
    internal OnnxTeacherOptions Of(ParseResult parse) => new(parse.GetValue(_size), Given(parse, _mean), Given(parse, _deviation),
        (float?)parse.GetValue(_share), parse.GetValue(_output));

    /// <summary>For a file of weights; null where nothing is given.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="usual">The side where none is given.</param>
    internal EncoderInput? Seen(ParseResult parse, int usual)
    {
        if (Of(parse) is not { } given || given == new OnnxTeacherOptions()) return null;
        ChannelStats? stats = given is { Mean: null, Deviation: null } ? null
            : new ChannelStats("given", given.Mean ?? [0], given.Deviation ?? [1]);
        return EncoderFileOptions.Seen(given.Size ?? usual, given.Share ?? 0.875f, stats);
    }

    // an option that is not given is an empty list
    private static float[]? Given(ParseResult parse, Option<float[]?> option) =>
        parse.GetValue(option) is { Length: > 0 } values ? values : null;

    private static Option<float[]?> Numbers(string name, string description) => Options.Parsed<float[]>(name, "x|r,g,b", description,
        "one number, or one a channel with commas between them", static text =>
        {
            float[] values = [.. text.Split(',').Select(static part =>
                float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value : float.NaN)];
            return values.Length is 1 or 3 && values.All(float.IsFinite) ? values : null;
        });
}
