using MocoSharp.Embeddings;
using MocoSharp.Evaluation;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Selection;

/// <summary>A kept classifier for rows of a file of embeddings.</summary>
internal static class SelectionHead
{
    /// <summary>Reads it.</summary>
    /// <exception cref="MocoException">MS5006: there is none. MS5007: it reads other features than the file holds.</exception>
    internal static LinearHead Read(string path, EmbeddingsFile file)
    {
        string run = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? ".";
        if (!File.Exists(path))
            throw new MocoException(ErrorIds.NoHead, "there is no such file of a classifier", at: path,
                fix: "name the file RUN/heads/NAME.safetensors that this makes: moco eval linear RUN --save-head NAME");
        using TensorScope scope = TensorScope.Begin();
        SavedHead kept = SavedHead.Read(new RunFolder(run), path);
        if (kept.Encoder is not null)
            throw Differs(path, "the classifier was fine-tuned with an encoder of its own, and the embeddings are of another one",
                "keep a linear one: moco eval linear RUN --save-head NAME");
        if (file.Encoder is { } encoder && encoder != kept.EncoderChecksum)
            throw Differs(path, $"the classifier was fitted on another encoder than that of {file.Path}",
                "embed the pictures with the run that keeps the classifier");
        if (file.Layer is { } layer && layer != kept.Features.Name)
            throw Differs(path, $"the classifier reads {kept.Features.Name}, and {file.Path} holds {layer}",
                $"embed that layer: moco embed RUN --data DIR --layer {kept.Features.Name} -o FILE");
        if (kept.Head.Dimensions != file.Dimensions)
            throw Differs(path,
                $"the classifier reads {kept.Head.Dimensions:N0} numbers, and rows of {file.Path} have {file.Dimensions:N0}",
                "embed the pictures with the run that keeps the classifier");
        return kept.Head;
    }

    private static MocoException Differs(string path, string what, string fix) => new(ErrorIds.HeadDiffers, what, at: path, fix: fix);
}
