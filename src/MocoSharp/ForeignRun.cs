using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>An encoder that no run made, as tests take runs.</summary>
internal static class ForeignRun
{
    private const string Usual = "moco-v2-imagenet";      // of a recipe a test takes k and temperature, which are the usual ones here

    /// <summary>Of a file of weights.</summary>
    internal static RunRecord Of(string file, EncoderFileOptions options, Action<string> told)
    {
        if (!File.Exists(file))
            throw new MocoException(ErrorIds.NoRun, "there is no such file", at: file, fix: "name a run's folder, or a file of weights");
        bool isOwn = EncoderFile.IsOne(file);
        EncoderOptions encoder = isOwn ? EncoderFile.Head(file).Options : (options.Encoder ?? Guessed(file)).WithoutSplits;
        if (!isOwn) told(ForeignEncoder.Match(file, encoder));
        EncoderInput input = options.Input ?? (isOwn ? EncoderFile.Input(file) : UsualInput(encoder, told));
        return Record(file, encoder, input, options.Results);
    }

    /// <summary>Of a network of another program.</summary>
    internal static RunRecord Of(string file, Teacher network, string? results) =>
        Record(file, new EncoderOptions(Path.GetFileName(file)), network.Input, results);

    private static RunRecord Record(string file, EncoderOptions encoder, EncoderInput input, string? results)
    {
        string whole = Path.GetFullPath(file);
        RunFolder folder = new(results ?? Path.Combine(Path.GetDirectoryName(whole)!, Path.GetFileNameWithoutExtension(whole) + "-tests"))
        {
            Foreign = whole,
        };
        Recipe usual = RecipeFile.Load(Usual).Recipe;
        Recipe recipe = usual with
        {
            Name = Path.GetFileName(file),
            Encoder = encoder,
            Data = input.Settings(),
            Monitor = new(),
            Seen = input.View,
        };
        return new RunRecord(folder, new RecipeFile(recipe, ""), Environment: null);
    }

    private static EncoderOptions Guessed(string file)
    {
        EncoderGuess? guess = EncoderGuess.Of(ForeignEncoder.ShapesOf(file), new FileInfo(file).Length);
        return guess?.Options ?? throw new MocoException(ErrorIds.UnknownArchitecture, guess is null
            ? "its names and shapes are those of no encoder here" : $"its names are {guess.Name}'s, and its shapes are not", at: file,
            fix: $"see what it holds: moco inspect {CommandText.Quoted(file)}; name the encoder (--set encoder.name=…) where it is one of "
            + "docs/encoders.md, or export the network to ONNX where it is none, and test that file");
    }

    private static EncoderInput UsualInput(EncoderOptions encoder, Action<string> told)
    {
        int side = encoder is SizedEncoderOptions { Side: var own } ? own : EncoderFileOptions.UsualSide;
        told($"the file does not say what its encoder expects to see: pictures are taken as ImageNet's usually are, {side} pixels a side "
            + "(--input-size, --input-crop, --input-mean, --input-std)");
        return EncoderFileOptions.Seen(side);
    }
}

/// <summary>What a file of weights does not say of itself.</summary>
/// <param name="Encoder">Which encoder it holds; null to tell by names and shapes.</param>
/// <param name="Input">What it expects to see of a picture; null for what the file says, else for ImageNet's usual form.</param>
/// <param name="Results">The folder whose <c>eval/</c> gets the results; null for one beside the file that is called as it is, with
/// <c>-tests</c> behind.</param>
public sealed record EncoderFileOptions(EncoderOptions? Encoder = null, EncoderInput? Input = null, string? Results = null)
{
    internal const int UsualSide = 224;

    /// <summary>Pictures as ImageNet's usually are: the middle square, in colors.</summary>
    /// <param name="size">The side in pixels.</param>
    /// <param name="share">How much of the shorter side is kept where a picture is larger; 0.875, as torchvision has it, by
    /// default.</param>
    /// <param name="stats">Mean and standard deviation; ImageNet's by default.</param>
    public static EncoderInput Seen(int size = UsualSide, float share = 0.875f, ChannelStats? stats = null) =>
        new(new DecodeRequest(Color.Rgb), new ViewPipeline([new CenterFit(size, share)], stats ?? ChannelStats.ImageNet));
}
