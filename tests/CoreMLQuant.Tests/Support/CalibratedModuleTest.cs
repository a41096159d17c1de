namespace CoreMLQuant.Tests.Support;

/// <summary>Tests of cmdlets on a classifier and photos.</summary>
public abstract class CalibratedModuleTest : ModuleTest
{
    private const int PhotoCount = 4;

    protected CalibratedModuleTest()
    {
        Model = Folder.Add("image_classifier_str/fp32.mlpackage", "a.mlpackage");
        Photos = Folder["photos"];
        for (int i = 0; i < PhotoCount; i++)
        {
            Folder.AddPhoto($"photos/{i}.png");
        }
    }

    /// <summary>The classifier.</summary>
    protected string Model { get; }

    /// <summary>A folder of photos of another size than it takes.</summary>
    protected string Photos { get; }
}
