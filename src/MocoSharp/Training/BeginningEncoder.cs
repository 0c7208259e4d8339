using System.Globalization;
using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>Another run's encoder as the beginning of a training, in place of random weights.</summary>
internal static class BeginningEncoder
{
    /// <summary>Which file it is.</summary>
    /// <exception cref="MocoException">MS4003: it is not there.</exception>
    internal static StartingEncoder Of(InitialEncoder from)
    {
        string file = Path.GetFullPath(Directory.Exists(from.Path) ? new RunFolder(from.Path).Encoder : from.Path);
        if (!File.Exists(file))
            throw new MocoException(ErrorIds.NoRun, "there is no encoder to begin from", at: file,
                fix: "name the folder of a run that has an encoder.safetensors, such a file, or one of PyTorch's");
        return new StartingEncoder(file, CheckpointStore.Checksum(file), from.AdaptChannels ? true : null);
    }

    /// <summary>Puts its weights into a method that is about to learn.</summary>
    /// <param name="start">Which file.</param>
    /// <param name="method">Gets the weights.</param>
    /// <param name="told">Told which tensors of another program's file were taken.</param>
    /// <exception cref="MocoException">MS4010, MS4012: the file is gone, or holds another encoder than the recipe's. MS5193: another
    /// program's file does not fit.</exception>
    internal static void Load(StartingEncoder start, Method method, Action<string>? told)
    {
        if (Of(new InitialEncoder(start.File)).Checksum != start.Checksum)
            throw new MocoException(ErrorIds.AnotherRuns, "the encoder that the run begins from is not the one that it was begun with",
                at: start.File,
                fix: "bring the file back, or begin a new run from it: moco train … --from FILE --run FOLDER");
        bool adaptsChannels = start.AdaptChannels ?? false;
        if (!EncoderFile.IsOne(start.File))
        {
            told?.Invoke(ForeignEncoder.Load(start.File, method.Encoder, adaptsChannels));
            method.EncoderReplaced();
            return;
        }
        using Encoder encoder = EncoderFile.Read(start.File);
        EncoderOptions there = encoder.Options.WithoutSplits, wanted = method.Encoder.Options.WithoutSplits;
        bool isAdapted = adaptsChannels && there.Channels != wanted.Channels;
        if ((isAdapted ? there with { Channels = wanted.Channels } : there) != wanted)
            throw new MocoException(ErrorIds.AnotherRuns, $"the encoder to begin from is {Told(there)}, and the recipe's is {Told(wanted)}",
                at: start.File,
                fix: there with { Channels = wanted.Channels } == wanted ? "add --adapt-channels to adapt its first layer"
                : "take a recipe with this encoder (--set encoder.name=…, encoder.width=…), or another encoder");
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, Tensor> weights = encoder.State().ToDictionary(static item => item.Name, static item => item.Value);
        if (isAdapted)
        {
            FirstLayer.Adapt(weights, method.Encoder);
            told?.Invoke(FirstLayer.Told(there.Channels, wanted.Channels));
        }
        method.Encoder.Load(weights, start.File);
        method.EncoderReplaced();
    }

    private static string Told(EncoderOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"{options.Name} of width {options.Width:R} for {options.Channels} {(options.Channels == 1 ? "channel" : "channels")}");
}
