using MocoSharp.Encoders;
using MocoSharp.Exchange.Numpy;
using MocoSharp.Exchange.Onnx;
using MocoSharp.Exchange.PyTorch;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.MomentumCmc;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Exchange;

/// <summary>Writes an encoder as a file that other programs read.</summary>
public static class EncoderExport
{
    private const string PositionsName = "pos_embed";

    /// <summary>Writes it in place of the file that may be there; a kill leaves the old one.</summary>
    /// <param name="model">The folder of a run, or an <c>encoder.safetensors</c>.</param>
    /// <param name="file">Its extension is one of the format's.</param>
    /// <param name="options">How.</param>
    /// <exception cref="MocoException">MS5190: this encoder, extension or option does not go with the format. MS4003, MS4010: there is no
    /// encoder.</exception>
    public static ExportResult Write(string model, string file, ExportOptions options)
    {
        List<string> notes = [];
        (string path, EncoderInput input) = Source(model, options.Checkpoint, notes.Add);
        using Encoder encoder = EncoderFile.Read(path);
        string extension = Path.GetExtension(file).ToLowerInvariant();
        if (!Extensions(options.Format).Contains(extension))
            throw new MocoException(ErrorIds.ExportRefused,
                $"the file ends in '{extension}', and {NameOf(options.Format)} is written as "
                + string.Join(" or ", Extensions(options.Format)),
                at: file, fix: $"name it {Path.GetFileNameWithoutExtension(file)}{Extensions(options.Format)[0]}");
        if (options.Pixels && options.Format != ExportFormat.Onnx)
            throw new MocoException(ErrorIds.ExportRefused, "only an ONNX model takes pictures as bytes; other formats hold weights alone",
                fix: "leave --pixels out, or export to ONNX");
        if (options.Format == ExportFormat.Onnx)
            AtomicFile.Write(file, OnnxEncoder.Model(encoder, input, options.Half, options.Pixels, Texts(path)));
        else
            WriteWeights(file, encoder, path, input, options, notes);
        return new ExportResult(Path.GetFullPath(file), NameOf(options.Format), encoder.Options.Name, encoder.Features,
            encoder.Parameters().Sum(static parameter => parameter.Value.ElementCount), new FileInfo(file).Length, notes);
    }

    /// <summary>A format's name on the command line.</summary>
    public static string NameOf(ExportFormat format) => format.ToString().ToLowerInvariant();

    private static IReadOnlyList<string> Extensions(ExportFormat format) => format switch
    {
        ExportFormat.Onnx => [".onnx"],
        ExportFormat.Safetensors => [".safetensors"],
        ExportFormat.Torchvision or ExportFormat.Timm => [".safetensors", ".pth"],
        ExportFormat.Detectron2 => [".pkl"],
        _ => [".npz"],
    };

    private static (string Path, EncoderInput Input) Source(string model, string? checkpoint, Action<string> note)
    {
        if (File.Exists(model))
        {
            if (checkpoint is not null)
                throw new OptionException("checkpoint", checkpoint, "and an encoder's file has none",
                    fix: "name the run's folder in place of the file");
            if (!EncoderFile.IsOne(model))
                throw new MocoException(ErrorIds.ExportRefused,
                    "the file is no encoder of this program, and does not say what its encoder expects to see of a picture", at: model,
                    fix: "name a run's folder, or its encoder.safetensors");
            return (model, EncoderFile.Input(model));
        }
        Run run = Run.Open(model, checkpoint: checkpoint);
        foreach (string text in run.Notes) note(text);
        run.Folder.MustHaveEncoder();
        if (run.Recipe.Method is MomentumCmcOptions { ViewChannels: var views })
            note($"the method has a network for each of its {views.Count} views, and this is the first view's");
        return (run.Folder.Encoder, EncoderInput.Of(run.Recipe));
    }

    private static void WriteWeights(
        string file, Encoder encoder, string path, EncoderInput input, ExportOptions options, List<string> notes)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        bool isTimmTransformer = encoder is VisionTransformer && options.Format == ExportFormat.Timm;
        IEnumerable<(string Name, Tensor Value)> state = isTimmTransformer ? ForTimm((VisionTransformer)encoder, input, notes)
            : encoder.State();
        IReadOnlyList<(string Name, Tensor Value)> weights = [.. state
            .Select(item => (item.Name,
                options.Half && item.Value.DType == DType.Float32 ? Half(item.Name, item.Value) : item.Value.Detach()))];
        if (!isTimmTransformer && options.Format is not (ExportFormat.Safetensors or ExportFormat.Npz))
            notes.AddRange(ForeignNames.Notes(options.Format, encoder.Options));
        switch (options.Format)
        {
            case ExportFormat.Npz:
                NpzWriter.Write(file, weights);
                break;
            case ExportFormat.Detectron2:
                Detectron2File.Write(file, [.. weights.Select(static item => (ForeignNames.Detectron2(item.Name), item.Value))]);
                break;
            default:
                if (file.EndsWith(".pth", StringComparison.OrdinalIgnoreCase)) TorchArchive.Write(file, weights);
                else Safetensors.Write(file, weights, Metadata(path));
                break;
        }
    }

    // timm has no sines, but a table of positions for pictures of one size
    private static IEnumerable<(string Name, Tensor Value)> ForTimm(VisionTransformer encoder, EncoderInput input, List<string> notes)
    {
        VisionTransformerOptions options = (VisionTransformerOptions)encoder.Options;
        ImageSize size = input.View.Output(input.Reading.Channels);
        bool isFixed = options.Positions == Positions.Fixed;
        notes.Add(ForeignNames.TimmTransformer(options, isFixed ? size.ShorterSide : options.Side));
        return !isFixed ? encoder.State()
            : [.. encoder.State(), (PositionsName, ForeignNames.TimmPositions(encoder, size.Height, size.Width))];
    }

    private static Tensor Half(string name, Tensor value)
    {
        Tensor half = value.Detach().To(DType.Float16);
        if (half.IsFinite() || !value.Detach().IsFinite()) return half;
        throw new MocoException(ErrorIds.ExportRefused, $"'{name}' has a number beyond 65504, where float16 ends",
            fix: "export it in float32: leave --half out");
    }

    private static IReadOnlyDictionary<string, string> Metadata(string path)
    {
        using SafetensorsFile file = Safetensors.Open(path);
        return file.Metadata;
    }

    // what the head says besides the pre-processing, which an ONNX model has in its own words
    private static Dictionary<string, string> Texts(string path) => Metadata(path)
        .Where(static text => text.Key is not ("format" or "encoder" or EncoderInput.Key)).ToDictionary();
}
