using MocoSharp.Embeddings;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Comparison;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;

namespace MocoSharp.Auditing;

/// <summary>A picture that was read.</summary>
/// <param name="Index">Its place in the data set.</param>
/// <param name="Name">Its name below it.</param>
/// <param name="Label">Its class; null where it has none.</param>
/// <param name="Measures">Its numbers.</param>
/// <param name="Checksum">Of its pixels.</param>
internal sealed record AuditedPicture(int Index, string Name, string? Label, PictureMeasures Measures, UInt128 Checksum);

/// <summary>All pictures of a data set, each decoded once.</summary>
/// <remarks>Of each picture about 200 bytes are kept, and where the sketches are wanted 4 KB more.</remarks>
internal sealed class AuditedPictures
{
    private const int AtOnce = 512;
    private readonly PictureSketch?[] _sketches;

    private AuditedPictures(
        IReadOnlyList<AuditedPicture> readable, IReadOnlyList<UnreadablePicture> unreadable, PictureSketch?[] sketches) =>
        (Readable, Unreadable, _sketches) = (readable, unreadable, sketches);

    /// <summary>In the order of the data set.</summary>
    internal IReadOnlyList<AuditedPicture> Readable { get; }

    /// <summary>In the order of the data set; a row is a place there.</summary>
    internal IReadOnlyList<UnreadablePicture> Unreadable { get; }

    /// <summary>Reads all.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="withSketches">Whether the sketches are kept.</param>
    /// <param name="progress">Told how many are read.</param>
    /// <param name="cancel">Stops it.</param>
    internal static AuditedPictures Read(IImageSource source, bool withSketches, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        AuditedPicture?[] pictures = new AuditedPicture?[source.Count];
        PictureSketch?[] sketches = new PictureSketch?[withSketches ? source.Count : 0];
        string?[] reasons = new string?[source.Count];
        using ThreadLocal<ImageMemory> memories = new(static () => new ImageMemory());
        ParallelOptions parallel = new() { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
        for (int first = 0; first < source.Count; first += AtOnce)
        {
            int end = Math.Min(first + AtOnce, source.Count);
            Parallel.For(first, end, parallel, ReadOne);
            progress?.Report(new EmbeddingProgress(end, 0, source.Count));
        }
        return new AuditedPictures([.. pictures.OfType<AuditedPicture>()],
            [.. reasons.Index().Where(static one => one.Item is not null)
                .Select(one => new UnreadablePicture(one.Index, source.Name(one.Index), one.Item!))], sketches);

        void ReadOne(int index)
        {
            try
            {
                Image image = source.Load(index, default, memories.Value!);
                PictureSketch sketch = PictureSketch.Of(image);
                string? label = source.Label(index) is >= 0 and int number ? source.Classes[number] : null;
                pictures[index] = new AuditedPicture(index, source.Name(index), label, PictureMeasures.Of(image), sketch.Checksum);
                if (withSketches) sketches[index] = sketch;
            }
            catch (BadImageException error)
            {
                reasons[index] = error.Message;
            }
        }
    }

    /// <summary>The sketch of a picture by its place in the data set; null where it cannot be read.</summary>
    internal PictureSketch? Sketch(int index) => _sketches[index];
}
