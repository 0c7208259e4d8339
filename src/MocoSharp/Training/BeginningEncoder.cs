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
    /// <param name="path">A run's folder, or an encoder's file.</param>
    /// <exception cref="MocoException">MS4003: it is not there.</exception>
    internal static StartingEncoder Of(string path)
    {
        string file = Path.GetFullPath(Directory.Exists(path) ? new RunFolder(path).Encoder : path);
        if (!File.Exists(file))
            throw new MocoException(ErrorIds.NoRun, "there is no encoder to begin from", at: file,
                fix: "name the folder of a run that has an encoder.safetensors, such a file, or one of PyTorch's");
        return new StartingEncoder(file, CheckpointStore.Checksum(file));
    }

    /// <summary>Puts its weights into a method that is about to learn.</summary>
    /// <param name="start">Which file.</param>
    /// <param name="method">Gets the weights.</param>
    /// <param name="told">Told which tensors of another program's file were taken.</param>
    /// <exception cref="MocoException">MS4010, MS4012: the file is gone, or holds another encoder than the recipe's. MS5193: another
    /// program's file does not fit.</exception>
    internal static void Load(StartingEncoder start, Method method, Action<string>? told)
    {
        if (Of(start.File).Checksum != start.Checksum)
            throw new MocoException(ErrorIds.AnotherRuns, "the encoder that the run begins from is not the one that it was begun with",
                at: start.File,
                fix: "bring the file back, or begin a new run from it: moco train … --from FILE --run FOLDER");
        if (!EncoderFile.IsOne(start.File))
        {
            told?.Invoke(ForeignEncoder.Load(start.File, method.Encoder));
            method.EncoderReplaced();
            return;
        }
        using Encoder encoder = EncoderFile.Read(start.File);
        EncoderOptions there = encoder.Options.WithoutSplits, wanted = method.Encoder.Options.WithoutSplits;
        if (there != wanted)
            throw new MocoException(ErrorIds.AnotherRuns, $"the encoder to begin from is {Told(there)}, and the recipe's is {Told(wanted)}",
                at: start.File,
                fix: "take a recipe with this encoder (--set encoder.name=…, encoder.width=…), or another encoder");
        using TensorScope scope = TensorScope.Begin();
        method.Encoder.Load(encoder.State().ToDictionary(static item => item.Name, static item => item.Value), start.File);
        method.EncoderReplaced();
    }

    private static string Told(EncoderOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"{options.Name} of width {options.Width:R} for {options.Channels} {(options.Channels == 1 ? "channel" : "channels")}");
}
