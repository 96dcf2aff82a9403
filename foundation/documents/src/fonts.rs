//! Which fonts a PDF is set in: the official ones where they are installed, else open ones that look alike. A character
//! that the first font lacks (rare ones in names) is taken from the next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fontdb::{Database, FaceInfo, ID, Style};

/// What a piece of text is set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 小标宋: the title.
    Title,
    /// 黑体: first headings, heads of tables.
    Hei,
    /// 楷体: second headings, the line under the title.
    Kai,
    /// 仿宋: the text.
    Fang,
    /// 宋体: page numbers.
    Song,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 5] = [Role::Title, Role::Hei, Role::Kai, Role::Fang, Role::Song];

    /// The name that GB/T 9704 has for it, which is what the .docx asks for.
    pub fn official(self) -> &'static str {
        match self {
            Role::Title => "方正小标宋简体",
            Role::Hei => "黑体",
            Role::Kai => "楷体_GB2312",
            Role::Fang => "仿宋_GB2312",
            Role::Song => "宋体",
        }
    }

    /// Families in the order in which they are wanted, and whether the bold face is meant. The first line of each is official.
    fn wanted(self) -> (&'static [&'static str], usize, bool) {
        match self {
            Role::Title => (
                &[
                    "方正小标宋简体",
                    "方正小标宋_GBK",
                    "FZXiaoBiaoSong-B05S",
                    "FZXiaoBiaoSong-B05",
                    "小标宋体",
                    "FandolSong",
                    "Noto Serif CJK SC",
                    "Source Han Serif SC",
                    "Noto Serif SC",
                    "思源宋体",
                ],
                5,
                true,
            ),
            Role::Hei => (
                &[
                    "黑体",
                    "SimHei",
                    "方正黑体_GBK",
                    "FZHei-B01",
                    "方正黑体简体",
                    "FandolHei",
                    "Noto Sans CJK SC",
                    "Source Han Sans SC",
                    "Noto Sans SC",
                    "WenQuanYi Zen Hei",
                    "WenQuanYi Micro Hei",
                ],
                5,
                false,
            ),
            Role::Kai => (
                &[
                    "楷体_GB2312",
                    "KaiTi_GB2312",
                    "楷体",
                    "KaiTi",
                    "方正楷体_GBK",
                    "方正楷体简体",
                    "FandolKai",
                    "LXGW WenKai",
                    "霞鹜文楷",
                    "AR PL UKai CN",
                    "AR PL KaitiM GB",
                    "Noto Serif CJK SC",
                    "Source Han Serif SC",
                    "Noto Serif SC",
                ],
                6,
                false,
            ),
            Role::Fang => (
                &[
                    "仿宋_GB2312",
                    "FangSong_GB2312",
                    "仿宋",
                    "FangSong",
                    "方正仿宋_GBK",
                    "方正仿宋简体",
                    "FandolFang",
                    "Noto Serif CJK SC",
                    "Source Han Serif SC",
                    "Noto Serif SC",
                    "LXGW WenKai",
                    "AR PL UMing CN",
                    "AR PL SungtiL GB",
                ],
                6,
                false,
            ),
            Role::Song => (
                &[
                    "宋体",
                    "SimSun",
                    "方正书宋_GBK",
                    "FandolSong",
                    "Noto Serif CJK SC",
                    "Source Han Serif SC",
                    "Noto Serif SC",
                    "AR PL UMing CN",
                    "AR PL SungtiL GB",
                ],
                3,
                false,
            ),
        }
    }
}

/// A font that stands for a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its family, as the file names it.
    pub family: String,
    /// Where it lies.
    pub file: PathBuf,
    /// Whether GB/T 9704 names it.
    pub official: bool,
    pub(crate) id: ID,
}

/// No font that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no font for {}; looked in {}", role.official(), looked.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
pub struct NoFont {
    /// What was to be set.
    pub role: Role,
    /// The folders that were looked through.
    pub looked: Vec<PathBuf>,
}

/// The fonts of this machine that can be used.
#[derive(Debug)]
pub struct Fonts {
    pub(crate) database: Database,
    chains: Vec<(Role, Vec<Found>)>,
    looked: Vec<PathBuf>,
}

/// Where systems keep fonts.
const FOLDERS: &[&str] = &["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"];

impl Fonts {
    /// Looks through the folders of the system and through `more`, which come first.
    pub fn find(more: &[PathBuf]) -> Fonts {
        let mut looked: Vec<PathBuf> = more.to_vec();
        looked.extend(FOLDERS.iter().map(PathBuf::from));
        Fonts::within(looked)
    }

    /// Looks through these folders only.
    pub fn within(looked: Vec<PathBuf>) -> Fonts {
        let mut database = Database::new();
        for folder in &looked {
            database.load_fonts_dir(folder);
        }
        let chains = Role::ALL.into_iter().map(|role| (role, chain(&database, role))).collect();
        Fonts { database, chains, looked }
    }

    /// The fonts of a role, in the order in which they are tried.
    pub fn of(&self, role: Role) -> &[Found] {
        self.chains.iter().find(|(of, _)| *of == role).map_or(&[], |(_, chain)| chain)
    }

    /// Every other font of this machine, for a character of a name that none of those has: it is not as it should look, and
    /// it is there. Those made for simplified Chinese come first; the order hangs on nothing but the files.
    pub(crate) fn others(&self, role: Role) -> Vec<Found> {
        let known = |face: &FaceInfo| self.of(role).iter().any(|found| found.id == face.id);
        let (_, _, bold) = role.wanted();
        let simplified = |face: &FaceInfo| face.families.iter().any(|(name, _)| name.ends_with("SC") || name.ends_with("CN"));
        let mut faces: Vec<&FaceInfo> = self.database.faces().filter(|face| face.style == Style::Normal && !known(face)).collect();
        faces.sort_by_key(|face| (!simplified(face), face.weight.0.abs_diff(weight(bold)), file(face).to_path_buf(), face.index, face.id));
        let found = |face: &FaceInfo| {
            let (family, _) = face.families.first()?;
            Some(Found { family: family.clone(), file: file(face).to_path_buf(), official: false, id: face.id })
        };
        faces.into_iter().filter_map(found).collect()
    }

    /// The folders that were looked through.
    pub fn looked(&self) -> &[PathBuf] {
        &self.looked
    }

    /// Whether every role has a font.
    ///
    /// # Errors
    /// [`NoFont`] names the first role without.
    pub fn check(&self) -> Result<(), NoFont> {
        match Role::ALL.into_iter().find(|role| self.of(*role).is_empty()) {
            Some(role) => Err(NoFont { role, looked: self.looked.clone() }),
            None => Ok(()),
        }
    }
}

fn weight(bold: bool) -> u16 {
    if bold { 700 } else { 400 }
}

/// Each wanted family that is there, by its face of the wanted weight; a folder read twice counts once.
fn chain(database: &Database, role: Role) -> Vec<Found> {
    let (families, official, bold) = role.wanted();
    let weight = weight(bold);
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (n, family) in families.iter().enumerate() {
        let named = |face: &&FaceInfo| face.style == Style::Normal && face.families.iter().any(|(name, _)| name == family);
        // Some families say of all their faces that they are of one weight: their names tell.
        let other = |face: &FaceInfo| face.post_script_name.contains("Bold") != bold;
        let order = |face: &FaceInfo| (face.weight.0.abs_diff(weight), other(face), file(face).to_path_buf(), face.index);
        if let Some(face) = database.faces().filter(named).min_by_key(|face| order(face))
            && seen.insert((file(face).to_path_buf(), face.index))
        {
            out.push(Found { family: (*family).to_owned(), file: file(face).to_path_buf(), official: n < official, id: face.id });
        }
    }
    out
}

fn file(face: &FaceInfo) -> &Path {
    match &face.source {
        fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _) => path,
        fontdb::Source::Binary(_) => Path::new(""),
    }
}
