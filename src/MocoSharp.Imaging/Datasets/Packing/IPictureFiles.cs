namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>A source whose pictures are files of their own.</summary>
internal interface IPictureFiles
{
    /// <summary>Where a picture's file is.</summary>
    string PathOf(int index);
}
