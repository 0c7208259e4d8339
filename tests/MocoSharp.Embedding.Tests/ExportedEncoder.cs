using System.Numerics.Tensors;
using MocoSharp.Encoders;
using MocoSharp.Exchange;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Embedding.Tests;

/// <summary>A small encoder and its ONNX file, in a folder of its own.</summary>
internal sealed class ExportedEncoder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("moco-embedding").FullName;
    private readonly Encoder _encoder;
    private readonly EncoderInput _input;

    internal ExportedEncoder(string recipe = "moco-cifar10", bool pixels = false, params string[] settings)
    {
        Recipe read = RecipeFile.Load(recipe).With([.. settings, "encoder.width=0.25"]).Recipe;
        _encoder = EncoderRegistry.Create(read.Encoder);
        _encoder.Train(false);
        EncoderFile.Write(At("encoder.safetensors"), _encoder, run: null, read);
        _input = EncoderFile.Input(At("encoder.safetensors"));
        Model = EncoderExport.Write(At("encoder.safetensors"), At("encoder.onnx"), new ExportOptions(ExportFormat.Onnx, Pixels: pixels))
            .File;
    }

    internal string Model { get; }

    internal int Features => _encoder.Features;

    internal EncoderInput Input => _input;

    internal string At(string name) => Path.Combine(_folder, name);

    internal string Written(string name, byte[] file)
    {
        File.WriteAllBytes(At(name), file);
        return At(name);
    }

    internal OnnxEmbedder Open(EmbedderOptions? options = null) => OnnxEmbedder.Open(Model, options);

    /// <summary>The training side's vector of a file, in fp32.</summary>
    internal float[] Trained(ReadOnlySpan<byte> file) => Trained(ImageDecoder.Decode(file, _input.Reading, "picture"));

    internal float[] Trained(Image image)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        ImageSize size = _input.View.Output(_input.Reading.Channels);
        float[] view = new float[size.Samples];
        Rng none = Rng.For(0);
        _input.View.Render(image, ref none, new Canvas(), view);
        Torch.Tensor seen = Torch.Tensor.From(view, [1, size.Height, size.Width, size.Channels]).Permute(0, 3, 1, 2);
        return _encoder.Forward(seen).Flatten(1).Contiguous().AsSpan<float>().ToArray();
    }

    internal static void Same(float[] expected, float[] vector, float least = 0.9999f)
    {
        Assert.Equal(expected.Length, vector.Length);
        Assert.InRange(TensorPrimitives.CosineSimilarity<float>(expected, vector), least, 1.00001f);
        Assert.InRange(TensorPrimitives.Norm<float>(vector) / TensorPrimitives.Norm<float>(expected), 0.99f, 1.01f);
    }

    public void Dispose()
    {
        _encoder.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
