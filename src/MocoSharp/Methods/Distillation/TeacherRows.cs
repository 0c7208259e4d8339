using MocoSharp.Torch;

namespace MocoSharp.Methods.Distillation;

/// <summary>A teacher's numbers for the pictures of a batch. The file is read when they are first asked for: tests of what was learned need
/// none.</summary>
internal sealed class TeacherRows(MethodParts parts, ITaughtOptions options)
{
    private readonly string _path = Path.GetFullPath(options.Teacher, parts.Folder ?? Environment.CurrentDirectory);
    private float[]? _rows;

    /// <summary>[N, D], constants, as the teacher gave them.</summary>
    /// <param name="batch">Its samples' indices are the rows.</param>
    /// <param name="like">The device and element type that are wanted.</param>
    /// <exception cref="MocoException">MS5220: the file is missing or does not fit, or the teacher could not read a picture.</exception>
    internal Tensor Of(Batch batch, Tensor like)
    {
        int features = options.TeacherFeatures;
        _rows ??= TeacherFile.Read(_path, parts.Pictures, features);
        float[] own = new float[batch.Count * features];
        for (int i = 0; i < batch.Count; i++)
            _rows.AsSpan(checked(batch.Indices[i] * features), features).CopyTo(own.AsSpan(i * features));
        int bad = Array.FindIndex(own, static value => !float.IsFinite(value)) is >= 0 and var at ? at / features : -1;
        if (bad < 0) return Tensor.From(own, batch.Count, features).To(like.Device).To(like.DType);
        throw new MocoException(ErrorIds.NoTeacher, $"the teacher gave nothing for picture {batch.Indices[bad]}: it could not be read when "
            + "the teacher looked at it, and can be now", at: _path,
            fix: "let the teacher look at the pictures again: moco distil --teacher … --data … --run FOLDER");
    }
}
