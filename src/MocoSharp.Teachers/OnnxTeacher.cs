using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;
using MocoSharp.Torch;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Teachers;

/// <summary>Networks of other programs as teachers: one ONNX model, or several that run one behind the other.</summary>
public sealed class OnnxTeacher : Teacher
{
    private readonly List<OnnxStage> _stages = [];

    /// <summary>Opens models.</summary>
    /// <param name="files">ONNX files; each takes what the one before it gives. The first takes one float32 tensor of pictures,
    /// [N, 3, H, W] or [N, H, W, 3]; N may be fixed.</param>
    /// <param name="options">What the files do not say.</param>
    /// <exception cref="MocoException">MS5221: a file is no model, or takes or gives something else.</exception>
    public OnnxTeacher(IReadOnlyList<string> files, OnnxTeacherOptions? options = null)
    {
        options ??= new OnnxTeacherOptions();
        try
        {
            foreach ((int at, string file) in files.Index())
                _stages.Add(OnnxStage.Open(file, at == files.Count - 1 ? options.Output : null));
            Name = string.Join(" + ", files.Select(Path.GetFullPath));
            Input = InputOf(_stages[0], options);
            using TensorScope scope = TensorScope.Begin();
            ImageSize size = Input.View.Output(Input.Reading.Channels);
            Features = (int)Answer(Tensor.Zeros([1, size.Channels, size.Height, size.Width])).Size(1);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override EncoderInput Input { get; }

    /// <inheritdoc/>
    public override int Features { get; }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor pictures)
    {
        Tensor x = pictures.To(DType.Float32);
        if (_stages[0].IsChannelsLast) x = x.Permute(0, 2, 3, 1);
        DenseTensor<float> values = new(x.Contiguous().ToArray<float>(), [.. x.Shape.ToArray().Select(static side => (int)side)]);
        foreach (OnnxStage stage in _stages) values = stage.Run(values);
        int count = values.Dimensions[0], features = checked((int)(values.Length / count));
        return Tensor.From(values.Buffer.ToArray(), count, features);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing) foreach (OnnxStage stage in _stages) stage.Dispose();
        base.Dispose(isDisposing);
    }

    /// <summary>What the options say; else what the file's metadata say, as <c>moco export</c> writes them; else ImageNet's usual
    /// values.</summary>
    private static EncoderInput InputOf(OnnxStage first, OnnxTeacherOptions options)
    {
        if (options is { Size: null, Mean: null, Deviation: null, Share: null } && first.Preprocessing is { } text)
        {
            try
            {
                return EncoderInput.Parse(text);
            }
            catch (JsonException error)
            {
                throw first.Refused($"its pre-processing cannot be read: {error.Message}",
                    "name it: --teacher-size, --teacher-mean, --teacher-std", error);
            }
        }
        int side = options.Size ?? first.Side ?? throw first.Refused("it does not say how large its pictures are",
            "name the side in pixels: --teacher-size 224");
        ChannelStats stats = options is { Mean: null, Deviation: null } ? ChannelStats.ImageNet
            : new ChannelStats("teacher", options.Mean ?? [0], options.Deviation ?? [1]);
        return new EncoderInput(new DecodeRequest(Color.Rgb),
            new ViewPipeline([new CenterFit(side, options.Share ?? OnnxTeacherOptions.UsualShare)], stats));
    }
}

/// <summary>What an ONNX file does not say of itself.</summary>
/// <param name="Size">The side of its pictures in pixels; null for the model's own.</param>
/// <param name="Mean">Subtracted from each channel, on the scale 0 to 1; one number or one a channel. Null for ImageNet's, or 0 where
/// <paramref name="Deviation"/> is given.</param>
/// <param name="Deviation">Each channel is then divided by it; 0.00392157 gives 0 to 255. Null for ImageNet's, or 1 where
/// <paramref name="Mean"/> is given.</param>
/// <param name="Share">How much of the shorter side is kept where a picture is larger; null for 0.875.</param>
/// <param name="Output">The output's name, where the model has several; null for its only one.</param>
public sealed record OnnxTeacherOptions(
    int? Size = null, IReadOnlyList<float>? Mean = null, IReadOnlyList<float>? Deviation = null, float? Share = null, string? Output = null)
{
    internal const float UsualShare = 0.875f;
}
