using System.Numerics.Tensors;
using MocoSharp.Features;
using MocoSharp.Imaging;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>Features of random places of pictures.</summary>
/// <param name="Rows">[places, D], with the places' classes.</param>
/// <param name="Channels">Each map's part of D, in order.</param>
/// <param name="Pictures">The number of each place's picture.</param>
internal sealed record SampledPlaces(FeatureSet Rows, IReadOnlyList<int> Channels, IReadOnlyList<int> Pictures);

/// <summary>Draws places of pictures and reads what maps say there: between the middles of a map's cells the values of the four nearest
/// are mixed, as a bilinear resize of the whole map would.</summary>
/// <param name="places">How many in all, at most.</param>
/// <param name="seed">The only source of randomness.</param>
internal sealed class PlaceSampler(int places, ulong seed)
{
    private const int MostNumbers = 1 << 26;        // 256 MiB of features
    private readonly List<float[]> _rows = [];
    private readonly List<int> _labels = [], _pictures = [];
    private IReadOnlyList<int> _channels = [];

    /// <summary>Places drawn so far.</summary>
    internal int Count => _rows.Count;

    /// <summary>The pictures that places are drawn from: all, or evenly spread ones where there are more pictures than places.</summary>
    internal IReadOnlyList<int> PicturesOf(IReadOnlyList<int> pictures) => pictures.Count <= places ? pictures
        : [.. Enumerable.Range(0, places).Select(i => pictures[(int)((long)i * pictures.Count / places)])];

    /// <summary>Draws places of a batch, the same ones whatever the batch is.</summary>
    /// <param name="batch">The pictures.</param>
    /// <param name="maps">Each [N, C, h, w], fp32.</param>
    /// <param name="pictures">How many pictures places are drawn from in all.</param>
    internal void Add(DenseBatch batch, IReadOnlyList<Tensor> maps, int pictures)
    {
        _channels = [.. maps.Select(static map => (int)map.Size(1))];
        int width = _channels.Sum(), each = Math.Max(1, Math.Min(places, MostNumbers / width) / pictures);
        float[][] values = [.. maps.Select(static map => map.Permute(0, 2, 3, 1).ToProcessor().Contiguous().ToArray<float>())];
        for (int i = 0; i < batch.Indices.Count; i++)
            foreach (int pixel in Draw(batch.Labels[i], batch.Width * batch.Height, each, batch.Indices[i]))
            {
                float[] row = new float[width];
                int from = 0;
                foreach ((int m, Tensor map) in maps.Index())
                {
                    (int height, int columns, int channels) = ((int)map.Size(2), (int)map.Size(3), _channels[m]);
                    int length = height * columns * channels;
                    Read(values[m].AsSpan(i * length, length), columns, channels,
                        Source(pixel / batch.Width, height, batch.Height), Source(pixel % batch.Width, columns, batch.Width),
                        row.AsSpan(from, channels));
                    from += channels;
                }
                _rows.Add(row);
                _labels.Add(batch.Labels[i]?.Classes[pixel] ?? -1);
                _pictures.Add(batch.Indices[i]);
            }
    }

    /// <summary>All places that were drawn.</summary>
    /// <param name="classes">The classes' names.</param>
    internal SampledPlaces Finish(IReadOnlyList<string> classes)
    {
        int width = _channels.Sum();
        float[] values = new float[(long)_rows.Count * width];
        foreach ((int i, float[] row) in _rows.Index()) row.CopyTo(values.AsSpan(i * width));
        _rows.Clear();
        return new SampledPlaces(new FeatureSet(values, width, [.. _labels], classes), _channels, _pictures);
    }

    /// <summary>Where a place of a picture lies on a map, in cells; torch's rule with corners that are not aligned.</summary>
    internal static float Source(int place, int cells, int size) => Math.Max(0, (place + 0.5f) * ((float)cells / size) - 0.5f);

    /// <summary>The value of a map, [h, w, C], at a point.</summary>
    internal static void Read(ReadOnlySpan<float> map, int columns, int channels, float y, float x, Span<float> to)
    {
        int rows = map.Length / columns / channels, top = Math.Min((int)y, rows - 1), left = Math.Min((int)x, columns - 1);
        (int below, int right) = (Math.Min(top + 1, rows - 1), Math.Min(left + 1, columns - 1));
        (float down, float across) = (y - top, x - left);
        TensorPrimitives.Multiply(Cell(map, top, left), (1 - down) * (1 - across), to);
        TensorPrimitives.MultiplyAdd(Cell(map, top, right), (1 - down) * across, to, to);
        TensorPrimitives.MultiplyAdd(Cell(map, below, left), down * (1 - across), to, to);
        TensorPrimitives.MultiplyAdd(Cell(map, below, right), down * across, to, to);

        ReadOnlySpan<float> Cell(ReadOnlySpan<float> all, int row, int column) => all.Slice((row * columns + column) * channels, channels);
    }

    // the first draws of a shuffle: no place twice
    private int[] Draw(PixelLabels? labels, int pixels, int count, int picture)
    {
        int[] candidates = [.. Enumerable.Range(0, pixels).Where(i => labels is null || labels.Classes[i] != PixelLabels.None)];
        Rng rng = Rng.For(seed, 0, picture);
        int drawn = Math.Min(count, candidates.Length);
        for (int i = 0; i < drawn; i++)
        {
            int other = i + rng.NextInt32(candidates.Length - i);
            (candidates[i], candidates[other]) = (candidates[other], candidates[i]);
        }
        return candidates[..drawn];
    }
}
