using System.Runtime.ExceptionServices;
using Microsoft.ML.OnnxRuntime;
using MocoSharp.Imaging;

namespace MocoSharp.Embedding;

public sealed partial class OnnxEmbedder
{
    private static OnnxEmbedder Open(string name, EmbedderOptions? options, Func<SessionOptions, InferenceSession> open)
    {
        options = (options ?? new EmbedderOptions()).InBounds();
        InferenceSession? session = null;
        try
        {
            using SessionOptions settings = new() { IntraOpNumThreads = options.Threads };
            session = open(settings);
            return new OnnxEmbedder(session, ModelInput.Of(session, name), options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new MocoException(ErrorIds.BadModel, $"the model cannot be opened: {error.Message}", name,
                "copy it again, or export the encoder anew with 'moco export RUN --to onnx'", error);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    // what a picture within the limit takes without compression, and room for what else stands in a file
    private long MostBytes => Math.Min(4 * _options.MaximumPixels + (1 << 20), Array.MaxLength);

    private Func<ImageMemory, Image> Source(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return memory => Decoded(PictureBytes.OfFile(path, MostBytes), path, memory);
    }

    private Func<ImageMemory, Image> Source(Stream picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return memory => Decoded(PictureBytes.OfStream(picture, MostBytes), "the stream", memory);
    }

    private Func<ImageMemory, Image> Source(ReadOnlyMemory<byte> file) => memory => Decoded(file.Span, "the picture", memory);

    private Func<ImageMemory, Image> Source(Image pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Channels != _input.Reading.Channels)
            throw new MocoException(ErrorIds.OtherPixels,
                $"the picture has {pixels.Channels} channels, and {Encoder} was trained on pictures of {_input.Reading.Channels}",
                fix: $"give pixels of {_input.Reading.Channels} channels");
        return _ => pixels;
    }

    private Image Decoded(ReadOnlySpan<byte> file, string name, ImageMemory memory)
    {
        if (_input.Reading.Bands is not null || _input.Reading.Range is not null)
            throw new MocoException(ErrorIds.OtherPreparation,
                "the encoder's pictures are bands, or numbers of a range of their own, which files are not read for here", name,
                "read the files yourself and give their pixels, or embed with MocoSharp's own Embedder");
        return SkiaDecoder.Decode(file, _input.Reading, name, memory);
    }

    private float[] One(Func<ImageMemory, Image> load) => Run([load])[0];

    private Task<float[][]> AllAsync(Func<ImageMemory, Image>[] loads, CancellationToken cancel) => Task.Run(
        () =>
        {
            List<float[]> vectors = new(loads.Length);
            foreach (Func<ImageMemory, Image>[] batch in loads.Chunk(_options.BatchSize))
            {
                cancel.ThrowIfCancellationRequested();
                vectors.AddRange(Run(batch));
            }
            return vectors.ToArray();
        }, cancel);

    private float[][] Run(Func<ImageMemory, Image>[] loads) => _input.Bytes
        ? Run<byte>(loads, [_input.Size.Height, _input.Size.Width, _input.Size.Channels],
            (load, place) => _preparer.Bytes(load, place.Span))
        : Run<float>(loads, [_input.Size.Channels, _input.Size.Height, _input.Size.Width],
            (load, place) => _preparer.Floats(load, place.Span));

    private float[][] Run<T>(Func<ImageMemory, Image>[] loads, long[] shape, Action<Func<ImageMemory, Image>, Memory<T>> prepare)
        where T : unmanaged
    {
        T[] values = GC.AllocateUninitializedArray<T>(checked(loads.Length * _input.Size.Samples));
        Memory<T> Place(int at) => values.AsMemory(at * _input.Size.Samples, _input.Size.Samples);
        if (loads.Length == 1) prepare(loads[0], Place(0));
        else PrepareAll(loads.Length, at => prepare(loads[at], Place(at)));
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(values, [loads.Length, .. shape]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            _session.Run(run, [_input.Bytes ? ModelInput.Pixels : ModelInput.Pictures], [input], [ModelInput.Output]);
        ReadOnlySpan<float> features = outputs[0].GetTensorDataAsSpan<float>();
        float[][] vectors = new float[loads.Length][];
        for (int row = 0; row < vectors.Length; row++)
            vectors[row] = features.Slice(row * Dimensions, Dimensions).ToArray();
        return vectors;
    }

    // of several unreadable pictures the first one's error is told, as a loop would
    private void PrepareAll(int count, Action<int> prepare)
    {
        Exception?[] errors = new Exception?[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Workers }, (at, state) =>
        {
            try
            {
                prepare(at);
            }
            catch (Exception error)
            {
                errors[at] = error;
                state.Break();
            }
        });
        if (Array.Find(errors, static error => error is not null) is { } first) ExceptionDispatchInfo.Throw(first);
    }

    private int Workers => _options.Threads == 0 ? Environment.ProcessorCount : _options.Threads;
}
