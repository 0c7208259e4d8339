using MocoSharp.Imaging;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>Some of a source's pictures, with the class of each pixel.</summary>
/// <param name="Pixels">The pictures.</param>
/// <param name="Indices">Those that have a mask.</param>
internal sealed record MaskedPart(LabeledPixels Pixels, IReadOnlyList<int> Indices);

/// <summary>Pictures to learn from and others to test on, with the class of each pixel.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Test">To test on.</param>
/// <param name="Classes">The classes of both.</param>
/// <param name="WithoutMask">Pictures that no mask belongs to; they are in neither part.</param>
internal sealed record MaskedData(MaskedPart Train, MaskedPart Test, IReadOnlyList<PixelClass> Classes, int WithoutMask)
{
    private const int HeldOutOf = 5;

    /// <summary>Finds the masks of a run's pictures.</summary>
    /// <exception cref="MocoException">MS5140 to MS5142: there are no masks, or none that can be used.</exception>
    internal static MaskedData Open(EvaluatedRun run, SegmentationOptions options, CancellationToken cancel)
    {
        (IImageSource pictures, TrainingData data) = (run.Data.Labeled, run.Data);
        int[] all = [.. Enumerable.Range(0, pictures.Count)], learned = all;
        IImageSource tested = data.Test ?? pictures;
        int[] test = [.. Enumerable.Range(0, tested.Count)];
        if (data.Test is null)
        {
            test = [.. all.Where(static i => i % HeldOutOf == HeldOutOf - 1)];
            learned = [.. all.Except(test)];
            if (test.Length == 0)
                throw new MocoException(ErrorIds.NoMasks, $"{pictures.Count:N0} pictures are too few to hold some out for the test",
                    at: data.Paths[0], fix: "name pictures to test on with --test, or give five or more");
            run.Warn($"there is no folder of test pictures, so every fifth picture, {test.Length:N0} in all, is kept to test on");
        }
        return options.Masks is null ? OfScenes(run, (pictures, learned), (tested, test))
            : OfFiles(run, options, (pictures, learned), (tested, test), cancel);
    }

    /// <summary>Scenes that come with a map of classes.</summary>
    private static MaskedData OfScenes(EvaluatedRun run, (IImageSource, int[]) train, (IImageSource, int[]) test)
    {
        IReadOnlyList<Modality> kinds = run.Recipe.Data.Modalities;
        int partner = kinds.Index().FirstOrDefault(static kind => kind.Item is PaletteModality, (-1, null!)).Index - 1;
        if (partner < 0)
            throw new MocoException(ErrorIds.NoMasks,
                "the run's pictures come without a map of classes, and no folder of masks is named", at: run.Data.Paths[0],
                fix: "name the folder with --masks: PNG files of the pictures' names, whose numbers or colors are classes");
        PaletteModality palette = (PaletteModality)kinds[partner + 1];
        PixelClass[] classes = [.. palette.Colors.Select(static color =>
            new PixelClass($"#{color[0]:X2}{color[1]:X2}{color[2]:X2}", new((byte)color[0], (byte)color[1], (byte)color[2])))];
        return new MaskedData(Part(train), Part(test), classes, 0);

        MaskedPart Part((IImageSource Source, int[] Indices) part) =>
            new(new LabeledPixels(part.Source, (_, image) => Of(image.Partners[partner].ClassMap!)), part.Indices);

        static PixelLabels Of(Image map) => new(map.Width, map.Height, map.Samples);
    }

    /// <summary>A PNG a picture, in folders like the pictures'.</summary>
    private static MaskedData OfFiles(
        EvaluatedRun run, SegmentationOptions options, (IImageSource Source, int[] Indices) train,
        (IImageSource Source, int[] Indices) test, CancellationToken cancel)
    {
        string root = options.Masks!;
        if (!Directory.Exists(root)) throw NoFolder(root);
        if (options.TestMasks is { } other && !Directory.Exists(other)) throw NoFolder(other);
        bool isHeldOut = run.Data.Test is null;
        string ofTrain = Below(root, run.Data.TrainFolder), ofTest = isHeldOut ? ofTrain
            : options.TestMasks ?? Below(root, run.Data.TestFolder);
        (string[] learned, int[] learnedFrom) = Found(train.Source, train.Indices, ofTrain);
        (string[] tested, int[] testedOn) = Found(test.Source, test.Indices, ofTest);
        Require(learnedFrom, train, ofTrain);
        Require(testedOn, test, ofTest);
        int without = train.Indices.Length + test.Indices.Length - learnedFrom.Length - testedOn.Length;
        if (without > 0)
            run.Warn($"{without:N0} of {train.Indices.Length + test.Indices.Length:N0} pictures have no mask of their name and are left "
                + "out");
        run.Doing("the masks");
        MaskTable table = MaskTable.Of([.. learned, .. tested], root, options.Ignore, cancel);
        return new MaskedData(Part(train.Source, learnedFrom, ofTrain), Part(test.Source, testedOn, ofTest), table.Classes, without);

        MaskedPart Part(IImageSource source, int[] indices, string folder) =>
            new(new LabeledPixels(source, (index, image) => table.Read(MaskOf(source, index, folder), image)), indices);
    }

    private static string Below(string root, string folder) =>
        folder.Length > 0 && Directory.Exists(Path.Join(root, folder)) ? Path.Join(root, folder) : root;

    private static string MaskOf(IImageSource source, int index, string folder) =>
        Path.ChangeExtension(Path.Join(folder, source.Name(index)), ".png");

    private static (string[] Files, int[] Indices) Found(IImageSource source, int[] indices, string folder)
    {
        int[] found = [.. indices.Where(index => File.Exists(MaskOf(source, index, folder)))];
        return ([.. found.Select(index => MaskOf(source, index, folder))], found);
    }

    private static void Require(int[] found, (IImageSource Source, int[] Indices) part, string folder)
    {
        if (found.Length > 0) return;
        throw new MocoException(ErrorIds.NoMasks,
            $"none of {part.Indices.Length:N0} pictures has a mask: that of {part.Source.Name(part.Indices[0])} would be "
            + $"{Path.GetRelativePath(folder, MaskOf(part.Source, part.Indices[0], folder))}", at: folder,
            fix: "name the folder in which masks lie as the pictures do in theirs, and give each the picture's name with .png at its end; "
            + "masks of test pictures that lie elsewhere are named with --test-masks");
    }

    private static MocoException NoFolder(string path) =>
        new(ErrorIds.NoMasks, "there is no such folder of masks", at: path, fix: "name the folder that holds the PNG masks");
}
