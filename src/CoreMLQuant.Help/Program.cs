using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Help;
using CoreMLQuant.Help.About;
using CoreMLQuant.Help.Cmdlets;
using CoreMLQuant.Help.Comments;
using CoreMLQuant.Help.Maml;
using CoreMLQuant.Help.Pages;

try
{
    HelpRequest request = HelpRequest.Parse(args);
    CommentFile comments = CommentFile.Read(Directory.GetFiles(Path.GetDirectoryName(request.Assembly)!, "CoreMLQuant*.xml"));
    CmdletHelp[] cmdlets = CmdletCatalog.Read(request.Assembly, comments)
        .Select(cmdlet => new CmdletHelp(cmdlet, HelpPageReader.Read(request.Documents, cmdlet.Name)))
        .ToArray();

    Directory.CreateDirectory(request.Output);
    new MamlDocument(request.OnlineAddress).Save(cmdlets, Path.Combine(request.Output, Path.GetFileName(request.Assembly) + "-Help.xml"));
    foreach (AboutTopic topic in AboutTopic.ReadAll(request.Documents))
    {
        topic.Save(request.Output);
    }

    return 0;
}
catch (HelpException e)
{
    // The form that MSBuild takes for an error of the file.
    Console.Error.WriteLine($"{e.File} : error HELP: {e.Message}");
    return 1;
}
