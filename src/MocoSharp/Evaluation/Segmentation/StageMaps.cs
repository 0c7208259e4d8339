using MocoSharp.Encoders;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>The maps of some of a network's stages: features of each place of a picture.</summary>
internal static class StageMaps
{
    /// <summary>Pictures to the maps of stages, in the stages' order.</summary>
    /// <param name="stages">The network, from the picture on.</param>
    /// <param name="names">Which stages; all where none is named.</param>
    /// <exception cref="MocoException">MS5005: no stage has such a name. When called: MS5143: a stage gives no map.</exception>
    internal static Func<Tensor, IReadOnlyList<Tensor>> Of(IReadOnlyList<EncoderStage> stages, IReadOnlyList<string> names)
    {
        HashSet<string> wanted = [.. Names(stages, names)];
        int last = 1 + stages.Index().Last(stage => wanted.Contains(stage.Item.Name)).Index;
        return pictures =>
        {
            List<Tensor> maps = [];
            Tensor map = pictures;
            foreach (EncoderStage stage in stages.Take(last))
            {
                map = stage.Run(map);
                if (!wanted.Contains(stage.Name)) continue;
                Tensor places = stage.MapOf(map, pictures);
                if (places.Rank != 4) throw NoMap(stage.Name, places);
                maps.Add(places.To(DType.Float32));
            }
            return maps;
        };
    }

    /// <summary>The names of the stages that are meant, in the stages' order.</summary>
    /// <inheritdoc cref="Of"/>
    internal static IReadOnlyList<string> Names(IReadOnlyList<EncoderStage> stages, IReadOnlyList<string> names)
    {
        string[] known = [.. stages.Select(static stage => stage.Name)];
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new MocoException(ErrorIds.UnknownFeatures, $"the network has no stage '{unknown}' whose map could be taken",
                fix: $"take one or several of {string.Join(", ", known)}");
        return names.Count == 0 ? known : [.. known.Where(names.Contains)];
    }

    /// <summary>The colors of each pixel and of the eight around it; beyond the border those within are seen mirrored.</summary>
    /// <param name="pictures">[N, C, H, W].</param>
    /// <returns>One map, [N, 9 C, H, W].</returns>
    internal static IReadOnlyList<Tensor> Pixels(Tensor pictures)
    {
        (long height, long width) = (pictures.Size(2), pictures.Size(3));
        if (height < 2 || width < 2) return [pictures.Repeat(1, 9, 1, 1)];          // nothing is around a line of pixels
        Tensor wide = Functional.ReflectionPad(pictures.Contiguous(), 1);
        return [Tensor.Cat([.. from row in Enumerable.Range(0, 3)
                               from column in Enumerable.Range(0, 3)
                               select wide.Narrow(2, row, height).Narrow(3, column, width)], dim: 1)];
    }

    private static MocoException NoMap(string stage, Tensor output) => new(ErrorIds.NoMap,
        $"stage '{stage}' gives {output}, which says nothing of places: a map has four sizes, [pictures, channels, rows, columns]",
        fix: "name a stage before it with --layer, or use an encoder whose stages give maps");
}
