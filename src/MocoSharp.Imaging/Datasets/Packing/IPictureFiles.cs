using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>A source whose pictures are files, by themselves or in an archive.</summary>
internal interface IPictureFiles
{
    /// <summary>A picture's file as it is; dispose of it.</summary>
    /// <exception cref="BadImageException">It cannot be read.</exception>
    PooledFile Read(int index);
}
