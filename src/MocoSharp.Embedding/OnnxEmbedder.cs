using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Embedding;

/// <summary>Turns pictures into vectors with an encoder that <c>moco export --to onnx</c> wrote. The file says how pictures are cut and
/// normalized, so that vectors are those of the training side.</summary>
/// <remarks>Threads may share one: calls run beside each other. A vector does not depend on what else is in its batch, up to the last
/// digits. Nothing of it needs libtorch.</remarks>
public sealed partial class OnnxEmbedder : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    private readonly InferenceSession _session;
    private readonly ModelInput _input;
    private readonly EmbedderOptions _options;
    private readonly Preparer _preparer;
    private readonly EmbeddingGeneratorMetadata _metadata;

    private OnnxEmbedder(InferenceSession session, ModelInput input, EmbedderOptions options)
    {
        (_session, _options) = (session, options);
        _input = input with { Reading = input.Reading with { MaximumPixels = options.MaximumPixels } };
        _preparer = new Preparer(_input);
        _metadata = new EmbeddingGeneratorMetadata(nameof(MocoSharp), providerUri: null, input.Encoder, input.Features);
    }

    /// <summary>The encoder's name in recipes, such as resnet50.</summary>
    public string Encoder => _input.Encoder;

    /// <summary>Numbers a vector.</summary>
    public int Dimensions => _input.Features;

    /// <summary>The shape that pictures are brought to before the encoder sees them.</summary>
    public ImageSize InputSize => _input.Size;

    /// <summary>Opens an exported encoder.</summary>
    /// <param name="modelFile">An <c>.onnx</c> file of <c>moco export</c>.</param>
    /// <param name="options">How it computes; null for the defaults.</param>
    /// <exception cref="MocoException">MS5240: it was not exported by <c>moco export</c>. MS5241: it is not there, or damaged. MS5242: only
    /// the training side can prepare its pictures.</exception>
    /// <exception cref="OptionException">An option is out of its range.</exception>
    public static OnnxEmbedder Open(string modelFile, EmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(modelFile);
        if (!File.Exists(modelFile))
            throw new MocoException(ErrorIds.BadModel, Directory.Exists(modelFile) ? "it is a folder, and a model is a file"
                : "there is no such file", modelFile, "name a file that 'moco export RUN --to onnx' wrote");
        return Open(modelFile, options, settings => new InferenceSession(modelFile, settings));
    }

    /// <summary>Opens an exported encoder that is in memory, such as a resource of a program.</summary>
    /// <param name="model">A whole <c>.onnx</c> file.</param>
    /// <param name="options">How it computes; null for the defaults.</param>
    /// <inheritdoc cref="Open(string, EmbedderOptions?)" path="/exception"/>
    public static OnnxEmbedder Open(byte[] model, EmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Open("the model", options, settings => new InferenceSession(model, settings));
    }

    /// <summary>The vector of a picture's file.</summary>
    /// <param name="path">JPEG, PNG, WebP, GIF or BMP.</param>
    /// <returns>[<see cref="Dimensions"/>].</returns>
    /// <exception cref="BadImageException">MS3001 to MS3007: it cannot be read, or is no picture, broken or too large.</exception>
    public float[] Embed(string path) => One(Source(path));

    /// <summary>The vector of a picture in an open stream, which is read to its end and stays open.</summary>
    /// <inheritdoc cref="Embed(string)" path="/returns"/>
    /// <exception cref="BadImageException">MS3001 to MS3006: it is no picture, broken or too large.</exception>
    /// <exception cref="MocoException">MS5243: the stream is closed.</exception>
    public float[] Embed(Stream picture) => One(Source(picture));

    /// <summary>The vector of a picture's file in memory.</summary>
    /// <inheritdoc cref="Embed(string)" path="/returns"/>
    /// <exception cref="BadImageException">MS3001 to MS3006: it is no picture, broken or too large.</exception>
    public float[] Embed(ReadOnlyMemory<byte> file) => One(Source(file));

    /// <summary>The vector of pixels, which are resized and cut as a file's.</summary>
    /// <inheritdoc cref="Embed(string)" path="/returns"/>
    /// <param name="pixels">With as many channels as the encoder's pictures are read with: 3, or 1 of a gray one.</param>
    /// <exception cref="MocoException">MS5244: it has other channels.</exception>
    public float[] Embed(Image pixels) => One(Source(pixels));

    /// <summary>One vector a file, in their order.</summary>
    /// <param name="paths">Picture files.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>As many rows as paths, each [<see cref="Dimensions"/>].</returns>
    /// <exception cref="BadImageException">One cannot be read: it is named, and there is no vector of any.</exception>
    public Task<float[][]> EmbedAsync(IEnumerable<string> paths, CancellationToken cancel = default) =>
        AllAsync([.. paths.Select(Source)], cancel);

    /// <summary>One vector a picture in memory, in their order.</summary>
    /// <param name="files">Whole files.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <inheritdoc cref="EmbedAsync(IEnumerable{string}, CancellationToken)" path="/returns"/>
    public Task<float[][]> EmbedAsync(IEnumerable<ReadOnlyMemory<byte>> files, CancellationToken cancel = default) =>
        AllAsync([.. files.Select(Source)], cancel);

    /// <summary>One vector a picture of pixels, in their order.</summary>
    /// <param name="pictures">Of any sizes; see <see cref="Embed(Image)"/>.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <inheritdoc cref="EmbedAsync(IEnumerable{string}, CancellationToken)" path="/returns"/>
    public Task<float[][]> EmbedAsync(IEnumerable<Image> pictures, CancellationToken cancel = default) =>
        AllAsync([.. pictures.Select(Source)], cancel);

    /// <summary>The vector of a picture in an open stream; computed on a thread of the pool.</summary>
    /// <param name="picture">Is read to its end and stays open.</param>
    /// <param name="cancel">Stops before it begins.</param>
    /// <inheritdoc cref="Embed(Stream)" path="/returns"/>
    public Task<float[]> EmbedAsync(Stream picture, CancellationToken cancel = default) =>
        Task.Run(() => One(Source(picture)), cancel);

    /// <summary>One embedding a picture, for programs that know <see cref="IEmbeddingGenerator"/>.</summary>
    /// <param name="values">Pictures' files; the media type is not looked at, the first bytes tell.</param>
    /// <param name="options">Dimensions, where they are set, must be <see cref="Dimensions"/>.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="OptionException">Other dimensions are asked for.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } wanted && wanted != Dimensions)
            throw new OptionException(nameof(options.Dimensions), wanted, $"and {Encoder} gives {Dimensions} numbers a picture",
                fix: "leave it out");
        float[][] vectors = await EmbedAsync(values.Select(static value => value.Data), cancellationToken).ConfigureAwait(false);
        return new GeneratedEmbeddings<Embedding<float>>(
            vectors.Select(vector => new Embedding<float>(vector) { ModelId = Encoder }));
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_metadata) ? _metadata : serviceType.IsInstanceOfType(_session) ? _session : null;
    }

    /// <summary>Frees the model. Wait for calls that are under way first.</summary>
    public void Dispose() => _session.Dispose();
}
